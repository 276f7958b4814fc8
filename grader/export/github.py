"""A self-check on GitHub: a table on the run's page, and annotations at the student's lines.

docs.github.com: "Adding a job summary" and "Setting an error message", in "Workflow commands for
GitHub Actions". The escapes are those of actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape as html

from grader.course.assignment import Assignment
from grader.course.source import span
from grader.diagnosis.mistakes import Mistake
from grader.diagnosis.rule import diagnose
from grader.i18n import choose, translate
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, Message
from grader.report import escape, formatting
from grader.scoring.hints import is_hinted
from grader.scoring.standing import Standing, standing

MAX_SUMMARY = 1 << 20  # bytes of all summaries of a step; one more, and GitHub shows none

_ESCAPED = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = _ESCAPED | {":": "%3A", ",": "%2C"}


def summary(
    assignment: Assignment,
    results: Sequence[ExerciseResult],
    lang: str,
    room: int = MAX_SUMMARY,
    mistakes: Sequence[Mistake] = (),
) -> str:
    """Markdown of at most `room` bytes: a row a function, and what failed, folded.

    Beside it stands which of the known `mistakes` that is. What does not fit is left out, and that
    is said.
    """
    passed, of = _count(check for result in results for check in result.checks)
    head = [
        f"### {_cell(choose(assignment.title, lang))}\n",
        translate("github.passed", lang, passed=passed, of=of) + "\n",
        "| " + " | ".join(translate(f"github.{c}", lang) for c in _COLUMNS) + " |",
        "| --- | --- | --- | --- |",
    ]
    text = "\n".join([*head, *_table(assignment, results, lang)]) + "\n"
    cut = "\n" + translate("github.cut", lang) + "\n"
    left = room - len(text.encode()) - len(cut.encode())
    if left < 0:  # an assignment of thousands of functions, or a step that has said much already
        return cut if len(cut.encode()) <= room else ""
    for block in _details(assignment, results, lang, mistakes):
        left -= len(block.encode())
        if left < 0:
            return text + cut
        text += block
    return text


def at_lines(
    assignment: Assignment,
    results: Sequence[ExerciseResult],
    sources: Mapping[str, bytes],
    paths: Mapping[str, str],
    lang: str,
) -> Iterator[str]:
    """A workflow command for each function that is not right: its first check that fails.

    A check that is broken is no error of the student's, and is named only where no other fails.

    `sources` are the files of the package, `paths` where they lie in the repository.
    """
    exercises = {exercise.id: exercise for exercise in assignment.exercises}
    for result in results:
        exercise = exercises[result.id]
        titles = {check.id: choose(check.title, lang) for check in exercise.checks}
        for function in exercise.functions:
            failing = [c for c in result.checks_of(function.name) if c.outcome != Outcome.PASSED]
            if not failing:
                continue
            check = min(failing, key=lambda c: c.outcome == Outcome.BROKEN)
            name, line = _place(assignment.package, check) or (
                exercise.file,
                _definition(sources.get(exercise.file, b""), function.name),
            )
            properties = {"title": f"{function.name}: {titles[check.id]}"}
            if name in paths:
                properties = {"file": paths[name], "line": str(line), **properties}
            level = "error" if check.outcome.to_mend else "notice"
            yield _command(level, properties, formatting.sentence(check.message, lang))


_SIGNS = {
    Standing.RIGHT: "✅",
    Standing.UNANSWERED: "⬜",
    Standing.WAITING: "➖",
    Standing.BROKEN: "❔",
}
_NOT_RIGHT = "❌"
_COLUMNS = ("exercise", "function", "checks", "state")


def _table(assignment: Assignment, results: Sequence[ExerciseResult], lang: str) -> Iterator[str]:
    exercises = {exercise.id: exercise for exercise in assignment.exercises}
    for result in results:
        exercise = exercises[result.id]
        for function in exercise.functions:
            own = result.checks_of(function.name)
            passed, of = _count(own)
            stands = standing(own) if own else None
            sign = "" if stands is None else _SIGNS.get(stands, _NOT_RIGHT)
            state = translate(f"function.{stands}" if stands else "github.hidden", lang)
            cells = (
                _cell(choose(exercise.title, lang)),
                f"<code>{_cell(function.name)}</code>",
                f"{passed}/{of}",
                f"{sign} {state}".strip(),
            )
            yield f"| {' | '.join(cells)} |"


def _details(
    assignment: Assignment,
    results: Sequence[ExerciseResult],
    lang: str,
    mistakes: Sequence[Mistake],
) -> Iterator[str]:
    exercises = {exercise.id: exercise for exercise in assignment.exercises}
    for result in results:
        told = {check.id: check for check in exercises[result.id].checks}
        for check in result.checks:
            is_broken = check.outcome == Outcome.BROKEN
            if not (check.outcome.to_mend or is_broken):
                continue
            title = choose(told[check.id].title, lang)
            said = [formatting.sentence(check.message, lang)]
            declared = told[check.id]
            if is_hinted(check, wants_error=declared.wants_error):
                hint = choose(declared.hint, lang)
                said.append(f"{translate('report.feedback.hint', lang)}: {hint}")
            if check.output:
                said.append(f"{translate('report.feedback.output', lang)}:\n{check.output}")
            sign = _SIGNS[Standing.BROKEN] if is_broken else _NOT_RIGHT
            summed = f"{sign} <code>{html(check.of)}</code> {html(escape.visible(title))}"
            text = html(escape.visible("\n\n".join(said)))
            # after a blank line <pre> is a block of its own, in which no Markdown is read
            yield f"\n<details><summary>{summed}</summary>\n\n<pre>{text}</pre>\n</details>\n"
        for one in diagnose([result], mistakes):
            if one.mistake.tell:
                lead = translate(f"function.{one.certainty}", lang)
                said_of_it = f"{lead} {choose(one.mistake.tell, lang)}"
                yield f"\n<code>{_cell(one.function)}</code> {_cell(said_of_it)}\n"


def _count(checks: Sequence[CheckResult] | Iterator[CheckResult]) -> tuple[int, int]:
    outcomes = [check.outcome for check in checks]
    return outcomes.count(Outcome.PASSED), len(outcomes)


def _cell(text: str) -> str:
    """Text in a Markdown table: no column, no line, no tag and no emphasis of its own."""
    line = " ".join(escape.visible(text).split())
    return re.sub(r"([\\`*_{}\[\]()#+!|~-])", r"\\\1", html(line, quote=False))


def _place(package: str, check: CheckResult) -> tuple[str, int] | None:
    """The student's line that the message names."""
    fields = (check.message or Message("")).fields
    where = fields.get("where") or f"{fields.get('file', '')}, line {fields.get('line', '')}"
    file, _, line = where.rpartition(", line ")
    if not file or not re.fullmatch("[0-9]{1,7}", line):
        return None
    return file.removeprefix(f"{package}/"), int(line)


def _definition(source: bytes, name: str) -> int:
    """The line on which a function or a method is defined; 1 where it cannot be found."""
    found = span(source, name)
    return found[0] if found else 1


def _command(level: str, properties: Mapping[str, str], message: str) -> str:
    given = ",".join(
        f"{name}={_escaped(value, _IN_PROPERTIES)}" for name, value in properties.items()
    )
    return f"::{level} {given}::{_escaped(message, _ESCAPED)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    shown = escape.visible(text).replace("##", "# #")  # what else the runner looks for in a line
    return "".join(table.get(character, character) for character in shown)

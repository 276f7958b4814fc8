"""What a student reads of a self-check on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, TextIO, cast

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from grader.course.assignment import Assignment
from grader.course.exercise import Check, Exercise, Function
from grader.diagnosis.mistakes import Mistake
from grader.diagnosis.rule import Diagnosis, diagnose
from grader.i18n import choose, say, translate
from grader.intake.read import Submission
from grader.records.obstacles import in_the_way, names_missing, said_by_all
from grader.records.outcome import Outcome
from grader.records.record import MAX_OUTPUT_SHOWN, CheckResult, ExerciseResult, Message
from grader.report.escape import log
from grader.scoring.hints import is_hinted
from grader.scoring.standing import Standing, standing

MAX_OUTPUT_LINES = 12
LEAST_WIDTH = 20  # below it nothing is gained by an indent
_PRINTED = "        │ "
COLOURS = {"good": "green", "quiet": "yellow", "bad": "red", "ours": "magenta"}
_STANDS = {
    Standing.RIGHT: "green",
    Standing.UNANSWERED: "yellow",
    Standing.WAITING: "yellow",
    Standing.BROKEN: COLOURS[Outcome.BROKEN.style],
}


class _Log:
    """A file in which no line is a command to a CI service: what a student prints may be one."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> int:
        """Write it, harmless."""
        return self._file.write(log(text))


def terminal(*, quiet: bool = False) -> Console:
    """The console of a self-check: standard output, a terminal or a log."""
    file = sys.stdout if sys.stdout.isatty() else cast("TextIO", _Log(sys.stdout))
    return Console(file=file, quiet=quiet, highlight=False)


class View:
    """One run after another: `begin`, each exercise as it comes, `end`."""

    def __init__(
        self, assignment: Assignment, lang: str, mistakes: Sequence[Mistake], console: Console
    ) -> None:
        self._assignment, self._lang, self._mistakes = assignment, lang, mistakes
        self._exercises = {exercise.id: exercise for exercise in assignment.exercises}
        self._console = console
        self._reasons: list[Message] = []  # why whole exercises could not be checked, in this run
        self._notebook = ""  # that is checked in place of files
        self._problem: Message | None = None  # why nothing can be checked
        self._named = ""

    def begin(self, folder: str, submission: Submission, named: str = "") -> None:
        """The title, and what is to be said of the files; `named`: what was asked to be checked."""
        self._reasons, self._named = [], named
        self._notebook, self._problem = submission.notebook, submission.problem
        title = choose(self._assignment.title, self._lang)
        self._console.print(f"[bold]{escape(title)}[/]  [dim]{escape(folder)}[/]\n")
        for note in [*submission.notes, *([submission.problem] if submission.problem else [])]:
            self._print("", f"[yellow]! {self._say(note)}[/]", "  ")

    def exercise(self, result: ExerciseResult) -> None:
        """Its title, and how its functions stand, each with its checks."""
        if self._problem:
            return
        self.heading(result)
        self.functions(result)

    def heading(self, result: ExerciseResult) -> None:
        """Its title, and how many of its checks passed."""
        exercise = self._exercises[result.id]
        passed = sum(check.outcome == Outcome.PASSED for check in result.checks)
        title = escape(choose(exercise.title, self._lang))
        count = f"{passed}/{len(result.checks)}"
        self._print("", f"[bold]{title}[/]  [dim]{result.id} · {exercise.file}[/]  {count}")

    def functions(self, result: ExerciseResult) -> None:
        """How its functions stand, each with its checks."""
        exercise = self._exercises[result.id]
        if (reason := in_the_way(result.checks)) is not None:
            said = self._t("check_same") if reason in self._reasons else self._say(reason)
            self._reasons.append(reason)
            self._print("  ", f"{_mark(result.checks[0].outcome)} {said}", "    ")
            self._console.print()
            return
        if (unwritten := self._unwritten(result.checks)) is not None:
            self._print("  ", f"{_mark(Outcome.UNANSWERED)} {unwritten}", "    ")
            self._console.print()
            return
        told = {check.id: check for check in exercise.checks}
        found = diagnose([result], self._mistakes)
        for function in exercise.functions:
            if own := result.checks_of(function.name):
                self._function(function.name, own, told)
                self._tell([one for one in found if one.function == function.name])
        self._console.print()

    def _unwritten(self, checks: Sequence[CheckResult]) -> str | None:
        """What is said of an exercise that is not written; None where its functions have a say.

        That is which function is not there, perhaps for its name; or that all is to be written.
        """
        if not checks or standing(checks) != Standing.UNANSWERED:
            return None
        said = said_by_all(checks)
        if said is not None and names_missing(said):
            return self._say(said)
        if any(check.message and check.message.code == "missing_near" for check in checks):
            return None
        return self._t("check_not_yet")

    def end(self, results: list[ExerciseResult], exercises: Sequence[Exercise]) -> None:
        """How much of the public checks passed, and what to do next."""
        if self._problem:
            said = self._t("check_next_problem", command=self._command())
            self._print("", said)
            return
        self.sums(results, exercises)
        self._print("", self._next(results))

    def sums(self, results: list[ExerciseResult], exercises: Sequence[Exercise]) -> None:
        """How many functions pass their public checks, and what those are worth."""
        by_id = {result.id: result for result in results}
        shown = [exercise for exercise in exercises if not exercise.extra]
        right = [f for e in shown for f in e.functions if _is_right(f, by_id.get(e.id))]
        line = self._t(
            "check_functions",
            right=len(right),
            functions=sum(len(e.functions) for e in shown),
            points=f"{sum(function.points for function in right):g}",
            total=f"{sum(exercise.points for exercise in shown):g}",
            hidden=sum(exercise.hidden_checks for exercise in shown),
        )
        self._print("", f"[bold]{line}[/]")

    def waiting(self) -> None:
        """The next save starts the next run."""
        self._console.print(f"\n[dim]{self._t('check_waiting')}[/]\n")

    def _function(self, name: str, checks: list[CheckResult], told: dict[str, Check]) -> None:
        """What is said of a function, first how it stands, then each of its checks."""
        stands = standing(checks)
        colour = _STANDS.get(stands, "red")
        sentence = escape(translate(f"function.{stands}", self._lang))
        self._print("  ", f"[{colour}]{escape(name)}: {sentence}[/]", "    ")
        if stands == Standing.UNANSWERED:
            missing = next((c.message for c in checks if names_missing(c.message)), None)
            if missing is not None:
                self._print("    ", self._say(missing))
            return
        for check in checks:
            self._check(told[check.id], check)

    def _tell(self, found: Sequence[Diagnosis]) -> None:
        """The known mistakes that the function's answers are those of."""
        for one in found:
            if one.mistake.tell:
                said = escape(choose(one.mistake.tell, self._lang))
                lead = escape(translate(f"function.{one.certainty}", self._lang))
                self._print("    ", f"[cyan]{lead}[/] {said}")

    def _check(self, check: Check, result: CheckResult) -> None:
        mark = _mark(result.outcome)
        self._print("    ", f"{mark} {escape(choose(check.title, self._lang))}", "      ")
        if result.message and result.outcome != Outcome.PASSED:
            for line in self._said(result.message).splitlines():
                self._print("        ", escape(line))
            if is_hinted(result, wants_error=check.wants_error):
                hint = escape(choose(check.hint, self._lang))
                self._print("        ", f"[dim]{hint}[/]")
        self._printed(result.output)

    def _printed(self, output: str) -> None:
        """The first lines of what the student's code printed, and that there are more."""
        lines = output.splitlines()
        for line in lines[:MAX_OUTPUT_LINES]:
            self._print(_PRINTED, f"[dim]{escape(_visible(line))}[/]", _PRINTED)
        more = len(lines) - MAX_OUTPUT_LINES
        kept = self._assignment.limits.output_kb << 10
        if output and (len(output) >= MAX_OUTPUT_SHOWN or len(output.encode()) >= kept):
            # of what was cut, nobody knows how many lines there were
            self._print(_PRINTED, f"[dim]{self._t('check_cut_output')}[/]", _PRINTED)
        elif more > 0:
            self._print(_PRINTED, f"[dim]{self._t('check_more_output', count=more)}[/]", _PRINTED)

    def _print(self, indent: str, markup: str, further: str | None = None) -> None:
        """A line with its indent. On a terminal it is wrapped there, `further` before what follows.

        Elsewhere it stays whole: who reads a log may search for the sentence.
        """
        text = Text.from_markup(markup)
        width = self._console.width - cell_len(further or indent)
        if not self._console.is_terminal or width < LEAST_WIDTH:
            self._console.print(Text(indent) + text, soft_wrap=True)
            return
        begin = indent
        for line in text.wrap(self._console, width):
            self._console.print(Text.assemble((begin, "dim"), line), soft_wrap=True)
            begin = indent if further is None else further

    def _next(self, results: list[ExerciseResult]) -> str:
        """The one thing to do next: the first exercise, in their order, that is not right yet."""
        order = list(self._exercises)
        for result in sorted(results, key=lambda result: order.index(result.id)):
            bad = [c.outcome for c in result.checks if c.outcome.fails]
            if not bad:
                continue
            exercise = self._exercises[result.id]
            unwritten = all(outcome == Outcome.UNANSWERED for outcome in bad)
            code = "check_next_write" if unwritten else "check_next_fix"
            reason = in_the_way(result.checks)
            is_missing = reason is not None and reason.code == "missing_file"
            return self._t(
                "check_next_file" if is_missing else code,
                title=choose(exercise.title, self._lang),
                file=self._notebook or exercise.file,
                command=f"{self._command()} -k {exercise.id}",
            )
        broken = any(c.outcome == Outcome.BROKEN for result in results for c in result.checks)
        return self._t("check_next_broken" if broken else "check_next_done")

    def _command(self) -> str:
        """What checks the same again."""
        return " ".join(filter(None, ["grader check", self._assignment.id, self._named]))

    def _say(self, message: Message) -> str:
        return escape(self._said(message))

    def _said(self, message: Message) -> str:
        """Nothing is handed in here: what is to be done again is the check."""
        again = translate("message.check_again", self._lang)
        return say(message.code, {"again": again, **message.fields}, self._lang)

    def _t(self, code: str, **fields: object) -> str:
        return escape(translate(f"cli.{code}", self._lang, **fields))


def _is_right(function: Function, result: ExerciseResult | None) -> bool:
    """Whether every public check of the function passed, and there is one."""
    own = result.checks_of(function.name) if result else []
    return bool(own) and standing(own) == Standing.RIGHT


def _mark(outcome: Outcome) -> str:
    return f"[{COLOURS[outcome.style]}]{outcome.sign}[/]"


def _visible(line: str) -> str:
    """A printed line without control characters, which could repaint the terminal."""
    return "".join(c if c.isprintable() or c == "\t" else "�" for c in line)

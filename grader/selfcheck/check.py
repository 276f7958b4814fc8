"""`grader check`: a student's own view, exercise by exercise, with the public checks.

It runs on any system and without a jail: what it runs is the student's own code, and only the
public checks are there. The first answer comes before the heavy libraries are loaded: exercises
that need none run first, in a launcher that imports none, while another imports the rest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from grader.boundary.launchers import Launcher, launcher_for
from grader.checking.plugin import Checks, run_session
from grader.course import assignment as assignments
from grader.course.assignment import Assignment
from grader.course.exercise import Check, Exercise, Function
from grader.course.folder import Course
from grader.errors import UsageError
from grader.grading.submission import grade_exercises, student_process
from grader.i18n import choose, say, translate
from grader.intake.find import Found
from grader.intake.read import Submission, read
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult
from grader.scoring.standing import Standing, standing

WATCH_SECONDS = 0.5
MAX_OUTPUT_LINES = 12
COLOURS = {"good": "green", "quiet": "yellow", "bad": "red", "ours": "red"}


@dataclass(frozen=True)
class Target:
    """What is checked, by the checks of which assignment."""

    folder: Path
    assignment: Assignment


def find(name: str, folder: Path | None, course: Path | None) -> Target:
    """The student's folder and the assignment's checks.

    A released template brings its own `assignment.toml`; any other folder is checked with the
    public checks of the course around the current folder.
    """
    here = folder or Path.cwd()
    if not here.is_dir():
        raise UsageError("error.no_folder", folder=here)
    if (here / "assignment.toml").exists():
        assignment = assignments.load(here)
        if assignment.id != name:
            raise UsageError("error.other_assignment", name=name, found=assignment.id, folder=here)
        return Target(here, assignment)
    around = Course.find((course or Path.cwd()).resolve())
    assignment = around.load(name)
    return Target(folder or around.template(assignment), public_part(assignment))


def public_part(assignment: Assignment) -> Assignment:
    """The assignment with its hidden checks counted but not run."""
    exercises = tuple(_public_exercise(exercise) for exercise in assignment.exercises)
    return replace(assignment, exercises=exercises)


def run(target: Target, only: Sequence[str], lang: str, *, watch: bool, as_json: bool) -> int:
    """Check once, or again on every save. Returns the exit code: 0 all passed, 1 not all."""
    known = [exercise.id for exercise in target.assignment.exercises]
    for name in only:
        if name not in known:
            raise UsageError("error.unknown_exercise", name=name, known=", ".join(known))
    exercises = target.assignment.only(only)
    view = _View(target.assignment, lang, quiet=as_json)
    while True:
        stamp = _stamp(target.folder)
        submission = _read(target)
        results = []
        view.begin(target.folder, submission)
        for result in _results(target.assignment, submission, exercises):
            view.exercise(result)
            results.append(result)
        view.end(results, exercises)
        if as_json:
            print(json.dumps([asdict(result) for result in results], ensure_ascii=False))
        if not watch:
            return 0 if all(_passed(result) for result in results) else 1
        view.waiting()
        while _stamp(target.folder) == stamp:
            time.sleep(WATCH_SECONDS)


def _public_exercise(exercise: Exercise) -> Exercise:
    public = tuple(check for check in exercise.checks if check.public)
    hidden = exercise.hidden_checks + len(exercise.checks) - len(public)
    shown = {check.id for check in public}
    checks = tuple(_needing(check, shown) for check in public)
    return replace(exercise, checks=checks, hidden_checks=hidden)


def _needing(check: Check, shown: set[str]) -> Check:
    needs = tuple(need for need in check.needs if need in shown)
    return replace(check, needs=needs)


def _read(target: Target) -> Submission:
    files = target.assignment.files
    wanted = [file.name for file in files]
    required = [file.name for file in files if file.required]
    found = Found(student=target.folder.resolve().name, path=target.folder)
    return read(found, target.assignment.package, wanted, required)


def _results(
    assignment: Assignment, submission: Submission, exercises: Sequence[Exercise]
) -> Iterator[ExerciseResult]:
    """Each exercise as soon as it is done: first those that need no heavy library."""
    groups: dict[tuple[str, ...], list[Exercise]] = {}
    for exercise in exercises:
        groups.setdefault(exercise.preload, []).append(exercise)
    ordered = sorted(groups, key=len)
    launchers = {preload: launcher_for(preload) for preload in ordered}
    try:
        for preload in ordered:
            yield from _group(assignment, submission, groups[preload], launchers[preload])
    finally:
        for launcher in launchers.values():
            launcher.close()


def _group(
    assignment: Assignment,
    submission: Submission,
    exercises: Sequence[Exercise],
    launcher: Launcher,
) -> Iterator[ExerciseResult]:
    results: list[ExerciseResult] = []
    process = student_process(launcher, assignment, submission)
    for file in dict.fromkeys(exercise.file for exercise in exercises):
        own = [exercise for exercise in exercises if exercise.file == file]
        sources = sorted({check.source for exercise in own for check in exercise.checks})

        def body(checks: Checks, own: list[Exercise] = own) -> None:
            results.extend(grade_exercises(assignment, process, checks, own))

        if sources:
            run_session(sources, body)
        yield from results
        results.clear()


def _passed(result: ExerciseResult) -> bool:
    return all(check.outcome == Outcome.PASSED for check in result.checks)


def _stamp(folder: Path) -> list[tuple[str, int, int]]:
    """Names, sizes and times of the Python files: another stamp is another state."""
    stamps = []
    for path in sorted(folder.rglob("*.py")):
        try:
            stat = path.stat()
        except OSError:
            continue  # an editor was just replacing it
        stamps.append((str(path), stat.st_size, stat.st_mtime_ns))
    return stamps


class _View:
    """What the student reads on the terminal."""

    def __init__(self, assignment: Assignment, lang: str, *, quiet: bool) -> None:
        self._assignment, self._lang = assignment, lang
        self._exercises = {exercise.id: exercise for exercise in assignment.exercises}
        self._console = Console(quiet=quiet, highlight=False)

    def begin(self, folder: Path, submission: Submission) -> None:
        title = choose(self._assignment.title, self._lang)
        self._console.print(f"[bold]{escape(title)}[/]  [dim]{escape(folder.name)}[/]\n")
        for note in [*submission.notes, *([submission.problem] if submission.problem else [])]:
            self._console.print(f"[yellow]! {escape(say(note.code, note.fields, self._lang))}[/]")

    def exercise(self, result: ExerciseResult) -> None:
        exercise = self._exercises[result.id]
        passed = sum(check.outcome == Outcome.PASSED for check in result.checks)
        title = escape(choose(exercise.title, self._lang))
        count = f"{passed}/{len(result.checks)}"
        self._console.print(f"[bold]{title}[/]  [dim]{result.id} · {exercise.file}[/]  {count}")
        if result.checks and all(check.outcome == Outcome.UNANSWERED for check in result.checks):
            self._console.print(f"  {_mark(Outcome.UNANSWERED)} {self._t('check_not_yet')}\n")
            return
        told = {check.id: check for check in exercise.checks}
        for function in exercise.functions:
            own = [check for check in result.checks if check.of == function.name]
            if own:
                self._function(function.name, own, told)
        self._console.print()

    def end(self, results: list[ExerciseResult], exercises: Sequence[Exercise]) -> None:
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
        self._console.print(f"[bold]{line}[/]", soft_wrap=True)
        self._console.print(self._next(results), soft_wrap=True)

    def _function(self, name: str, checks: list[CheckResult], told: dict[str, Check]) -> None:
        """What is said of a function, first how it stands, then each of its checks."""
        stands = standing(checks)
        colour = {"right": "green", "unanswered": "yellow"}.get(stands, "red")
        sentence = escape(translate(f"function.{stands}", self._lang))
        self._console.print(f"  [{colour}]{escape(name)}: {sentence}[/]")
        for check in checks:
            self._check(told[check.id], check)

    def waiting(self) -> None:
        self._console.print(f"\n[dim]{self._t('check_waiting')}[/]\n")

    def _check(self, check: Check, result: CheckResult) -> None:
        mark = _mark(result.outcome)
        self._console.print(f"    {mark} {escape(choose(check.title, self._lang))}")
        if result.message and result.outcome != Outcome.PASSED:
            text = say(result.message.code, result.message.fields, self._lang)
            for line in text.splitlines():
                self._console.print(f"        {escape(line)}", soft_wrap=True)
            if result.outcome == Outcome.FAILED:
                self._console.print(f"        [dim]{escape(choose(check.hint, self._lang))}[/]")
        lines = result.output.splitlines()
        for line in lines[:MAX_OUTPUT_LINES]:
            self._console.print(f"        [dim]│ {escape(_visible(line))}[/]")
        if len(lines) > MAX_OUTPUT_LINES:
            more = self._t("check_more_output", count=len(lines) - MAX_OUTPUT_LINES)
            self._console.print(f"        [dim]│ {more}[/]")

    def _next(self, results: list[ExerciseResult]) -> str:
        """The one thing to do next: mend what fails, then write what is not there yet."""
        for wanted, code in ((False, "check_next_fix"), (True, "check_next_write")):
            for result in results:
                bad = [c.outcome for c in result.checks if c.outcome not in {"passed", "skipped"}]
                if bad and all(outcome == Outcome.UNANSWERED for outcome in bad) == wanted:
                    exercise = self._exercises[result.id]
                    return self._t(
                        code,
                        title=choose(exercise.title, self._lang),
                        file=exercise.file,
                        command=f"grader check {self._assignment.id} -k {exercise.id}",
                    )
        return self._t("check_next_done")

    def _t(self, code: str, **fields: object) -> str:
        return escape(translate(f"cli.{code}", self._lang, **fields))


def _is_right(function: Function, result: ExerciseResult | None) -> bool:
    """Whether every public check of the function passed, and there is one."""
    own = [check for check in result.checks if check.of == function.name] if result else []
    return bool(own) and standing(own) == Standing.RIGHT


def _mark(outcome: Outcome) -> str:
    return f"[{COLOURS[outcome.style]}]{outcome.sign}[/]"


def _visible(line: str) -> str:
    """A printed line without control characters, which could repaint the terminal."""
    return "".join(c if c.isprintable() or c == "\t" else "�" for c in line)

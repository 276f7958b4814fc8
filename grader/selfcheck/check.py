"""`grader check`: a student's own view, exercise by exercise, with the public checks.

It runs on any system and without a jail: what it runs is the student's own code, and only the
public checks are there. The first answer comes before the heavy libraries are loaded: exercises
that need none run first, in a launcher that imports none, while another imports the rest.
"""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from grader.boundary.launchers import Launcher, launcher_for
from grader.checking.plugin import Checks, run_session
from grader.course import assignment as assignments
from grader.course.assignment import Assignment
from grader.course.exercise import Check, Exercise
from grader.course.folder import Course
from grader.diagnosis import mistakes
from grader.errors import GraderError, UsageError
from grader.grading.submission import grade_exercises, student_process
from grader.intake.handin import Found
from grader.intake.read import Submission, read_for
from grader.records.outcome import Outcome
from grader.records.record import ExerciseResult
from grader.report.escape import log_json
from grader.selfcheck.view import View

WATCH_SECONDS = 0.5


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
    try:
        around = Course.find((course or Path.cwd()).resolve())
    except UsageError:
        if below := _template_below(here, name):
            go = shlex.quote(str(below))
            raise UsageError("error.go_into", name=name, folder=go) from None
        raise
    assignment = around.load(name)
    return Target(folder or around.template(assignment), public_part(assignment))


def _template_below(folder: Path, name: str) -> Path | None:
    """The released template of that name one level down, where a zip was just unpacked."""
    for declared in sorted(folder.glob("*/assignment.toml")):
        with suppress(GraderError):
            if assignments.load(declared.parent).id == name:
                return (
                    declared.parent.relative_to(folder) if folder == Path.cwd() else declared.parent
                )
    return None


def public_part(assignment: Assignment) -> Assignment:
    """The assignment with its hidden checks counted but not run."""
    exercises = tuple(_public_exercise(exercise) for exercise in assignment.exercises)
    return replace(assignment, exercises=exercises)


@dataclass(frozen=True)
class Checked:
    """One run, for those who write of it."""

    target: Target
    submission: Submission
    results: list[ExerciseResult]


def run(
    target: Target,
    only: Sequence[str],
    lang: str,
    *,
    watch: bool,
    as_json: bool,
    then: Callable[[Checked], None] = lambda _: None,
) -> int:
    """Check once, or again on every save. Returns the exit code: 0 all passed, 1 not all.

    `then` is called with what came out, each time.
    """
    ids = [exercise.id for exercise in target.assignment.exercises]
    for name in only:
        if name not in ids:
            raise UsageError("error.unknown_exercise", name=name, known=", ".join(ids))
    exercises = target.assignment.only(only)
    path = target.assignment.folder / mistakes.FILE
    known = mistakes.seen_by(target.assignment.public_checks, mistakes.load(path))
    view = View(target.assignment, lang, known, quiet=as_json)
    while True:
        stamp = _stamp(target.folder)
        found = Found(student=target.folder.resolve().name, path=target.folder)
        submission = read_for(target.assignment, found)
        results = []
        view.begin(found.student, submission)
        for result in _results(target.assignment, submission, exercises):
            view.exercise(result)
            results.append(result)
        view.end(results, exercises)
        if as_json:
            text = json.dumps([asdict(result) for result in results], ensure_ascii=False)
            print(log_json(text))
        then(Checked(target, submission, results))
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

"""`grader check`: a student's own view, exercise by exercise, with the public checks.

It runs on any system and without a jail: what it runs is the student's own code, and only the
public checks are there. The first answer comes before the heavy libraries are loaded: exercises
that need none run first, in a launcher that imports none, while another imports the rest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from grader.boundary.launchers import Launcher, launcher_for
from grader.checking.plugin import Checks, run_session
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.diagnosis import mistakes
from grader.diagnosis.mistakes import Mistake
from grader.errors import UsageError
from grader.grading.grading import guests_of
from grader.grading.places import in_cells
from grader.grading.submission import grade_exercises, refused_by_source
from grader.intake.entries import is_code, is_notebook
from grader.intake.handin import Found
from grader.intake.read import Submission, read_for
from grader.records.outcome import Outcome
from grader.records.record import ExerciseResult
from grader.report.escape import log_json
from grader.selfcheck.target import Target
from grader.selfcheck.view import View, terminal

WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Checked:
    """One run, for those who write of it."""

    target: Target
    submission: Submission
    results: list[ExerciseResult]
    mistakes: list[Mistake]  # that the public checks see


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
    known = known_mistakes(target.assignment)
    view = View(target.assignment, lang, known, terminal(quiet=as_json))
    while True:
        stamp = _stamp(target.path)
        found = Found(student=target.path.resolve().name, path=target.path)
        submission = read_for(target.assignment, found)
        results = []
        view.begin(found.student, submission, target.named)
        for result in _results(target.assignment, submission, exercises):
            view.exercise(result)
            results.append(result)
        view.end(results, exercises)
        if as_json:
            text = json.dumps([asdict(result) for result in results], ensure_ascii=False)
            print(log_json(text))
        then(Checked(target, submission, results, known))
        if not watch:
            return 0 if all(_passed(result) for result in results) else 1
        view.waiting()
        while _stamp(target.path) == stamp:
            time.sleep(WATCH_SECONDS)


def known_mistakes(assignment: Assignment) -> list[Mistake]:
    """Those that the public checks see. Raises `AssignmentInvalid` for a damaged list."""
    listed = mistakes.load(assignment.folder / mistakes.FILE)
    return mistakes.seen_by(assignment.public_checks, listed)


def by_preload(exercises: Sequence[Exercise]) -> list[tuple[tuple[str, ...], list[Exercise]]]:
    """The exercises by the libraries that they need, first those that need no heavy one."""
    groups: dict[tuple[str, ...], list[Exercise]] = {}
    for exercise in exercises:
        groups.setdefault(exercise.preload, []).append(exercise)
    return sorted(groups.items(), key=lambda group: len(group[0]))


def checked(
    assignment: Assignment,
    submission: Submission,
    exercises: Sequence[Exercise],
    launcher: Launcher,
) -> Iterator[ExerciseResult]:
    """Each exercise as soon as its checks have run."""
    results: list[ExerciseResult] = []
    with closing(guests_of(launcher, assignment, submission)) as guests:
        refusals = refused_by_source(assignment, guests, exercises)
        for file in dict.fromkeys(exercise.file for exercise in exercises):
            own = [exercise for exercise in exercises if exercise.file == file]
            sources = sorted({check.source for exercise in own for check in exercise.checks})

            def body(checks: Checks, own: list[Exercise] = own) -> None:
                results.extend(grade_exercises(assignment, guests, checks, own, refusals))

            if sources:
                run_session(sources, body)
            for result in results:
                own_python = _by_own_python(result)
                yield in_cells(own_python, assignment.package, submission.places)
            results.clear()


def _by_own_python(result: ExerciseResult) -> ExerciseResult:
    """Without a word on the grader's Python: here it is the student's."""
    checks = [
        replace(check, message=replace(check.message, code="import_failed"))
        if check.message and check.message.code == "import_syntax"
        else check
        for check in result.checks
    ]
    return replace(result, checks=checks)


def _results(
    assignment: Assignment, submission: Submission, exercises: Sequence[Exercise]
) -> Iterator[ExerciseResult]:
    groups = by_preload(exercises)
    launchers = {preload: launcher_for(preload) for preload, _ in groups}
    try:
        for preload, own in groups:
            yield from checked(assignment, submission, own, launchers[preload])
    finally:
        for launcher in launchers.values():
            launcher.close()


def _passed(result: ExerciseResult) -> bool:
    return all(check.outcome == Outcome.PASSED for check in result.checks)


def _stamp(place: Path) -> list[tuple[str, int, int]]:
    """Names, sizes and times of Python files and notebooks: another stamp is another state."""
    stamps = []
    for path in [place] if is_notebook(place.name) else sorted(place.rglob("*")):
        if not is_code(path.name):
            continue
        try:
            stat = path.stat()
        except OSError:
            continue  # an editor was just replacing it
        stamps.append((str(path), stat.st_size, stat.st_mtime_ns))
    return stamps

"""`grader check`: a student's own view, exercise by exercise, with the public checks.

It runs on any system and without a jail: what it runs is the student's own code, and only the
public checks are there. The first answer comes before the heavy libraries are loaded: exercises
that need none run first, in a launcher that imports none, while another imports the rest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.course.assignment import Assignment
from grader.diagnosis import mistakes
from grader.diagnosis.mistakes import Mistake
from grader.errors import UsageError
from grader.intake.entries import is_code, is_notebook
from grader.intake.handin import Found
from grader.intake.read import Submission, read_for
from grader.records.outcome import Outcome
from grader.records.record import ExerciseResult
from grader.report.escape import log_json
from grader.selfcheck.groups import Groups
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
    with closing(Groups(target.assignment, exercises)) as groups:
        while True:
            stamp = _stamp(target.path)
            found = Found(student=target.path.resolve().name, path=target.path)
            submission = read_for(target.assignment, found)
            results = []
            view.begin(found.student, submission, target.named)
            for result in groups.results(submission):
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

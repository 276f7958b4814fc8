"""One submission on Gradescope: what `run_autograder` of an exported autograder.zip does.

    /autograder/source/                    the zip: the course, with its hidden checks
    /autograder/submission/                what was handed in
    /autograder/submission_metadata.json   by whom
    /autograder/results/results.json       what comes out, written anew after each check

We are root there, in a container that allows no namespaces, and its kernel may know no Landlock.
So these places are closed to everybody else, and student code is another user.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from grader.boundary.requirements import lacking, refuse_readable, refuse_weak_jail
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.diagnosis import mistakes
from grader.errors import GraderError, PlatformError
from grader.export import gradescope
from grader.grading.engines.local import Pool
from grader.grading.results import not_run, unrun
from grader.grading.worker import Job
from grader.intake.handin import Found
from grader.intake.read import read_for
from grader.records import store
from grader.records.assignment_snapshot import Snapshot
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, Message, Record, Status
from grader.report.page_cache import PageCache
from grader.scoring.points import score, totals

_FOLDERS = ("source", "submission", "results")
_METADATA = "submission_metadata.json"


def autograde(assignment: Assignment, root: Path, lang: str, *, leaderboard: bool) -> Record:
    """Grade the submission below `root`, and write its results. Returns its record.

    Raises `PlatformError` where we failed; then there are no results, so that Gradescope says so
    to staff and nobody has a score that means nothing.
    """
    target = root / "results" / "results.json"
    target.unlink(missing_ok=True)
    secrets = [root / name for name in _FOLDERS]
    _close(secrets, root / _METADATA)
    refuse_readable(*secrets)
    refuse_weak_jail(secrets)
    submission = read_for(assignment, Found(_name(root / _METADATA), root / "submission"))
    live = _Live(assignment, unrun(assignment, submission))
    snapshot = Snapshot.of(assignment)
    cache = PageCache(mistakes.load(assignment.folder / mistakes.FILE))

    def write(record: Record, *, finished: bool = True) -> None:
        public, how = live.public(record), {"leaderboard": leaderboard, "finished": finished}
        made = gradescope.results(snapshot, record, public, lang, **how, cache=cache)
        text = json.dumps(made, ensure_ascii=False, allow_nan=False, indent=1)
        store.write_atomically(target, text + "\n", lasting=False)

    def reached(result: CheckResult) -> None:
        live.add(result)
        write(live.record(), finished=False)

    if submission.problem is not None:
        write(live.nothing)
        return live.nothing
    write(live.record(), finished=False)
    try:
        (graded,) = Pool(1, tell=reached).grade_all(assignment, [Job(submission)])
        _refuse_broken(graded.record)
    except GraderError:
        target.unlink()
        raise
    layers = graded.record.layers
    record = replace(graded.record, lacking=lacking(layers, secrets))
    write(record)
    return record


def _refuse_broken(record: Record) -> None:
    """Raise `PlatformError` for a record without a score."""
    if record.status == Status.BROKEN:
        checks = [check for exercise in record.exercises for check in exercise.checks]
        broken = ", ".join(check.id for check in checks if check.outcome == Outcome.BROKEN)
        reason = record.problem.fields["reason"] if record.problem else broken
        raise PlatformError("error.gradescope_broken", reason=reason)


def _close(folders: list[Path], metadata: Path) -> None:
    """Let nobody in but us. Raises `PlatformError` for a folder that is not there."""
    try:
        for folder in folders:
            folder.chmod(0o700)
        if metadata.exists():  # it tells of other submissions, and their results
            metadata.chmod(0o600)
    except OSError as error:
        reason = error.strerror or error
        raise PlatformError("error.gradescope_layout", file=error.filename, reason=reason) from None


def _name(metadata: Path) -> str:
    """The number of the submission: who it belongs to, Gradescope knows."""
    try:
        return str(json.loads(metadata.read_text(encoding="utf-8"))["id"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "submission"


class _Live:
    """The checks that have ended so far, and the records that follow from them."""

    def __init__(self, assignment: Assignment, nothing: Record) -> None:
        self.nothing = nothing
        self._assignment = assignment
        self._ended: dict[str, CheckResult] = {}
        self._public: dict[str, CheckResult] = {}

    def add(self, result: CheckResult) -> None:
        """A check that is run once more has hidden inputs behind it: its first end is kept."""
        self._ended[result.id] = result
        if result.public:
            self._public.setdefault(result.id, result)

    def record(self) -> Record:
        """As if the checks to come had all failed."""
        return self._record(self._ended)

    def public(self, record: Record) -> Record:
        """What public checks said before a hidden one had run; else what `record` says of them."""
        told = {c.id: c for e in record.exercises for c in e.checks if c.public}
        return self._record(told | self._public)

    def _record(self, ended: dict[str, CheckResult]) -> Record:
        exercises = self._assignment.exercises
        results = score(exercises, [_exercise(exercise, ended) for exercise in exercises])
        points, extra_points = totals(results)
        return replace(
            self.nothing,
            status=Status.GRADED,
            points=points,
            extra_points=extra_points,
            exercises=results,
        )


def _exercise(exercise: Exercise, ended: dict[str, CheckResult]) -> ExerciseResult:
    to_come = Message("not_reached")
    checks = [
        ended.get(check.id) or not_run(check, Outcome.SKIPPED, to_come) for check in exercise.checks
    ]
    return ExerciseResult.unscored(exercise, checks)

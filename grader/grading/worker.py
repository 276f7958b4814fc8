"""A grading process: collects the checks once, then grades what it is sent.

Each worker has a launcher of its own, its twin. It never writes a file: records go back to the
batch.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

from grader.boundary.devices import Gpus
from grader.boundary.gpu_launcher import GpuLauncher
from grader.boundary.launchers import Launcher
from grader.checking import answers
from grader.checking.allowance import allowance
from grader.checking.plugin import Checks, run_session
from grader.checking.transcripts import Transcripts
from grader.course.assignment import Assignment
from grader.course.exercise import Check
from grader.errors import AssignmentInvalid, GraderError, PlatformError
from grader.grading.grading import Grading
from grader.grading.proofs import Way, grade_apart, grade_bug, grade_core
from grader.grading.results import broken_record
from grader.grading.reuse import Shared
from grader.grading.submission import Tell, grade, to_nobody
from grader.intake.read import Submission
from grader.records.record import ExerciseResult, Record

SERVE = f"{__name__}:serve"  # for `grader.boundary.twins`


@dataclass(frozen=True)
class Job:
    """A submission and the exercises to grade; none means all.

    Checks in `without_checks` are not run. With `noted` every answer is kept in full, nothing is
    taken for known, and a check that asks otherwise after the same replies is `AssignmentInvalid`;
    with `prove_steady`, too, and it is graded twice. Exercises in `too_heavy` are not
    run: what they answered ended a worker that had used twice its time for a check. What would come
    out as in `earlier`, the results of an earlier record, is taken from there, and if it `shares`
    also from what this process has graded of others. `way`: as a student's, or one of the short
    ones of a proof.
    """

    submission: Submission
    exercises: tuple[str, ...] = ()
    without_checks: frozenset[str] = frozenset()
    noted: bool = False
    prove_steady: bool = False
    too_heavy: frozenset[str] = frozenset()
    way: Way = Way.WHOLE
    earlier: tuple[ExerciseResult, ...] = ()
    shares: bool = False


@dataclass(frozen=True)
class Post:
    """What a grading process may use, and what it says to whom it works for.

    `memo`: it may answer from what it has seen. `live`: it sends each `CheckResult` as its check
    ends. After `idle` seconds without a job it ends.
    """

    gpus: Gpus
    memo: bool
    live: bool = False
    idle: float | None = None


def serve(batch: Connection, twin: Launcher, assignment: Assignment, post: Post) -> None:
    """Serve jobs until the batch hangs up: a `Record` for each, or the error that ends this worker.

    Before, the id of each check that is run: where this process ends in the middle of one, the
    batch knows in which; and "" now and then while it waits for a GPU.
    """

    @contextlib.contextmanager
    def allowed(check: Check) -> Iterator[None]:
        batch.send(check.id)
        with allowance(check.seconds, assignment.limits.memory_mb):
            yield

    transcripts = Transcripts() if post.memo else None
    tell = batch.send if post.live else to_nobody
    try:
        launched = partial(GpuLauncher, assignment.preload, post.gpus, lambda: batch.send(""))
        shared = Shared() if post.memo else None
        with contextlib.closing(_Grader(assignment, tell, launched, twin, shared)) as grader:
            run_session(
                assignment.check_files(),
                lambda checks: _serve(batch, grader, checks, transcripts, post.idle),
                transcripts,
                allowed,
                answers.load(assignment),
            )
    except GraderError as error:
        batch.send(error)


def _serve(
    batch: Connection,
    grader: _Grader,
    checks: Checks,
    transcripts: Transcripts | None,
    idle: float | None,
) -> None:
    gc.collect()
    gc.freeze()  # torch and the checks stay: the collector need not go through them again and again
    try:
        while batch.poll(idle):
            job = batch.recv()
            if transcripts is not None:
                transcripts.proving = job.noted or job.prove_steady
            if job.prove_steady and transcripts is not None:
                grader.grade(job, checks)
            batch.send(grader.grade(job, checks))
    except (EOFError, BrokenPipeError):
        pass  # the batch is gone; so are we


class _Grader:
    """A launcher that is replaced once when it fails, and the assignment it serves."""

    def __init__(
        self,
        assignment: Assignment,
        tell: Tell,
        launched: Callable[..., GpuLauncher],
        twin: Launcher,
        shared: Shared | None,
    ) -> None:
        self._assignment, self._tell = assignment, tell
        self._launched, self._launcher = launched, launched(twin)
        self._shared = shared

    def grade(self, job: Job, checks: Checks) -> Record:
        try:
            return self._attempt(job, checks)
        except PlatformError:
            self.close()
            self._launcher = self._launched()
        try:
            return self._attempt(job, checks)
        except PlatformError as error:
            return broken_record(self._assignment, job.submission, error)

    def close(self) -> None:
        self._launcher.close()

    def _attempt(self, job: Job, checks: Checks) -> Record:
        try:
            return self._graded(job, checks)
        except AssignmentInvalid as error:
            if job.noted or job.prove_steady:
                raise
            # a check asks for what it may not, and perhaps of this submission alone
            return broken_record(self._assignment, job.submission, error)

    def _graded(self, job: Job, checks: Checks) -> Record:
        grading = Grading(self._assignment, job.submission, checks, self._launcher)
        if job.way == Way.CORE:
            return grade_core(grading)
        exercises = self._assignment.only(job.exercises, job.without_checks)
        if job.way == Way.BUG:
            return grade_bug(grading, exercises, job.too_heavy)
        if job.way == Way.APART:
            return grade_apart(grading, exercises)
        shared = self._shared if job.shares else None
        return grade(grading, exercises, job.too_heavy, self._tell, job.earlier, shared)

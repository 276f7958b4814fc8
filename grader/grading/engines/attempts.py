"""How often a job is tried, and how long a grading process may be silent: in each engine the same.

A job whose process died is given once more to a fresh one; the second death makes a `broken`
record, and the batch goes on. Where a student's answer was what ended the process, that is the
student's matter: then it is graded again without the exercise.
"""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.boundary.launchers import LAUNCHER_START
from grader.course.assignment import Assignment
from grader.errors import PlatformError
from grader.grading.results import broken_record
from grader.grading.worker import Job
from grader.records.record import Record

ATTEMPTS = 2
MOST_RETURNS = 20  # machines may leave in the middle of a job; a job that none keeps is no job
# By these a process ends in which a library ran out of memory and did not say so.
_FAULTS = {signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV}


@dataclass(frozen=True)
class Attempt:
    """A job, and how often it has been tried by then, this time included."""

    job: Job
    number: int = 1
    returned: int = 0  # how often it came back untried

    def after_death(self, assignment: Assignment, check: str, died_of: int) -> Attempt | None:
        """What to try once the process is dead; None when that was the last time.

        `check`: the id of the one that it had begun last. `died_of`: the signal, 0 for none.
        """
        if lighter := self._without_what_was_too_heavy(assignment, check, died_of):
            return replace(self, job=lighter)
        return self.once_more()

    def given_back(self) -> Attempt | None:
        """The same again, where nobody has tried it; but not for ever."""
        if self.returned < MOST_RETURNS:
            return replace(self, returned=self.returned + 1)
        return self.once_more()

    def once_more(self) -> Attempt | None:
        """The same again; None when that was the last time."""
        return replace(self, number=self.number + 1) if self.number < ATTEMPTS else None

    def _without_what_was_too_heavy(
        self, assignment: Assignment, check: str, died_of: int
    ) -> Job | None:
        """The job again, if an answer of the student's ended the process; None if it was our fault.

        It was the student's if the process had used up twice its time for a check, or has died of a
        fault twice. Then the exercise of that check is not run, and the second time none is: so a
        submission costs at most one run more.
        """
        fault = died_of in _FAULTS and self.number == ATTEMPTS
        if not check or not (died_of == signal.SIGVTALRM or fault):
            return None
        job = self.job
        heavy = {e.id for e in assignment.exercises if check in [own.id for own in e.checks]}
        if job.too_heavy:
            heavy = {exercise.id for exercise in assignment.exercises}
        return replace(job, too_heavy=job.too_heavy | heavy) if heavy - job.too_heavy else None


class Work:
    """The attempts that nobody has been given yet."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._fresh = iter(jobs)
        self.again: deque[Attempt] = deque()

    def next(self) -> Attempt | None:
        """What to give next: first what is tried again."""
        if self.again:
            return self.again.popleft()
        job = next(self._fresh, None)
        return None if job is None else Attempt(job)


def given_up(assignment: Assignment, job: Job) -> Record:
    """The record of a job whose process died each time."""
    return broken_record(assignment, job.submission, PlatformError("error.worker_died"))


def most_silence(assignment: Assignment) -> float:
    """Seconds after which a grading process that says nothing hangs.

    It says so when a check begins. Before the first one it may start a launcher, and the
    submission's own time may pass between two of them, on a machine as busy as may be.
    """
    return LAUNCHER_START + 2 * assignment.limits.submission_seconds


class Silence:
    """Seconds for which nothing was heard.

    Time in which we were stopped ourselves does not count, or a suspended machine would wake up to
    a pool of processes that all seem to hang: no more than `STEP` between two looks.
    """

    STEP = 1.0

    def __init__(self) -> None:
        self.seconds, self._looked = 0.0, time.monotonic()

    def heard(self) -> None:
        """Begin again."""
        self.seconds, self._looked = 0.0, time.monotonic()

    def goes_on(self) -> float:
        """Look again; the seconds until now."""
        now = time.monotonic()
        self.seconds += min(now - self._looked, 2 * self.STEP)
        self._looked = now
        return self.seconds

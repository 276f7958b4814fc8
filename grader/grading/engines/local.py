"""Grading processes side by side: jobs in, records out, a killed worker replaced.

What comes of a job whose worker died, or was ended because it hung, says `attempts`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from grader.boundary import requirements
from grader.boundary.devices import NO_GPUS, Gpus
from grader.boundary.scratch import remove_abandoned
from grader.boundary.twins import Twin
from grader.course.assignment import Assignment
from grader.errors import PlatformError
from grader.grading import worker
from grader.grading.engines.attempts import Attempt, Silence, Work, given_up, most_silence
from grader.grading.engines.engine import Graded
from grader.grading.submission import Tell
from grader.grading.worker import Job, Post
from grader.records.record import CheckResult, Record


@dataclass(frozen=True)
class Pool:
    """The engine of one machine: grading processes side by side.

    `tell` hears of each check as it ends, and again where a job is given to a fresh worker.
    A worker that says nothing for `patience` seconds is ended: `attempts.most_silence` by default.
    """

    workers: int
    memo: bool = True
    gpus: Gpus = NO_GPUS
    tell: Tell | None = None
    patience: float | None = None

    def refuse_weak_jail(self) -> None:
        """Raise `PlatformError` unless a guest of this machine has every protection."""
        requirements.refuse_weak_jail()

    def grade_all(self, assignment: Assignment, jobs: Iterable[Job]) -> Iterator[Graded]:
        """Grade every job, in any order. Raises what keeps a worker from starting at all."""
        work = Work(jobs)
        patience = most_silence(assignment) if self.patience is None else self.patience
        busy: dict[Connection, _Worker] = {}

        try:
            for slot in range(self.workers):
                if first := work.next():
                    core = core_of(slot, self.workers)
                    busy |= _started(assignment, self._post(), core, first)
            while busy:
                for connection in _heard_from(busy, patience):
                    current = busy[connection]
                    try:
                        record = current.receive()
                    except PlatformError:
                        if current.twin.is_told or len(busy) == 1:
                            raise
                        # it could not start: for want of memory, perhaps. The others do its work
                        work.again.append(current.attempt)
                        busy.pop(connection).twin.kill()
                        continue
                    if isinstance(record, str):
                        current.check = record
                        continue
                    if isinstance(record, CheckResult):
                        if self.tell is not None:
                            self.tell(record)
                        continue
                    attempt = current.attempt
                    if record is not None:
                        yield Graded(attempt.job, record)
                    elif more := attempt.after_death(
                        assignment, current.check, current.twin.died_of()
                    ):
                        work.again.append(more)
                    else:
                        yield Graded(attempt.job, given_up(assignment, attempt.job))
                    following = work.next()
                    if record is not None and following:
                        current.give(following)
                        continue
                    del busy[connection]
                    current.twin.close()
                    if following:
                        busy |= _started(assignment, self._post(), current.core, following)
        finally:
            for current in busy.values():
                current.twin.kill()
            if busy:  # their launchers died without tidying up
                remove_abandoned()

    def _post(self) -> Post:
        return Post(self.gpus, self.memo, live=self.tell is not None)


def _heard_from(busy: Mapping[Connection, _Worker], patience: float) -> list[Connection]:
    """The lines on which something has come, if only that it is closed; ends who hangs."""
    ready = wait(list(busy), timeout=Silence.STEP)
    for connection, current in busy.items():
        if connection in ready:
            current.silence.heard()
        elif current.silence.goes_on() > patience:
            current.twin.stop()
    return [connection for connection in busy if connection in ready]


def core_of(slot: int, workers: int) -> int | None:
    """The core of each slot, so that a guest with many threads takes nothing from the next."""
    if workers == 1 or sys.platform != "linux":
        return None
    cores = sorted(os.sched_getaffinity(0))
    return cores[slot % len(cores)]


def _started(
    assignment: Assignment, post: Post, core: int | None, first: Attempt
) -> dict[Connection, _Worker]:
    worker_ = _Worker(assignment, post, core)
    worker_.give(first)
    return {worker_.twin.line: worker_}


class _Worker:
    def __init__(self, assignment: Assignment, post: Post, core: int | None) -> None:
        self.core = core
        self.twin = Twin(worker.SERVE, assignment, post, preload=assignment.preload, core=core)
        self.attempt: Attempt
        self.check = ""  # that it has begun last
        self.silence = Silence()

    def give(self, attempt: Attempt) -> None:
        self.attempt, self.check = attempt, ""
        self.silence.heard()
        self.twin.give(attempt.job)

    def receive(self) -> Record | CheckResult | str | None:
        """The record, a check that begins or has ended, "" now and then, or None when it died.

        Raises the error it could not start with.
        """
        try:
            answer: Record | CheckResult | str = self.twin.receive()
        except EOFError:
            return None
        return answer

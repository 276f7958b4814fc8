"""Grading processes side by side: jobs in, records out, a killed worker replaced.

The pool owns no files and knows no output folder. A job whose worker died is given once more to
a fresh one; the second death makes a `broken` record, and the batch goes on. Where a student's
answer was what ended the worker, that is the student's matter: see `_without_what_was_too_heavy`.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection, wait

from grader.boundary.scratch import remove_abandoned
from grader.course.assignment import Assignment
from grader.errors import GraderError, PlatformError
from grader.grading import worker
from grader.grading.submission import Tell, broken_record
from grader.grading.worker import Job
from grader.records.record import CheckResult, Record

# spawn: a worker must not inherit the batch's open files, threads or progress bar
_CONTEXT = multiprocessing.get_context("spawn")
ATTEMPTS = 2
# By these a worker ends in which a library ran out of memory and did not say so.
_FAULTS = {signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV}


def grade_all(
    assignment: Assignment,
    jobs: Iterable[Job],
    workers: int,
    *,
    memo: bool = True,
    tell: Tell | None = None,
) -> Iterator[tuple[Job, Record]]:
    """Grade every job, in any order. Raises what keeps a worker from starting at all.

    A job is taken from `jobs` when a worker is free for it: a class need not fit into memory.
    `tell` hears of each check as it ends, and again where a job is given to a fresh worker.
    """
    fresh, again = iter(jobs), deque[tuple[Job, int]]()
    start = partial(_started, assignment, memo=memo, live=tell is not None)
    busy: dict[Connection, _Worker] = {}

    def next_job() -> tuple[Job, int] | None:
        if again:
            return again.popleft()
        job = next(fresh, None)
        return None if job is None else (job, 1)

    try:
        for slot in range(workers):
            if first := next_job():
                busy |= start(first, core_of(slot, workers))
        while busy:
            for connection in wait(list(busy)):
                assert isinstance(connection, Connection)  # only connections were given to wait
                current = busy[connection]
                job, attempt = current.job, current.attempt
                record = current.receive()
                if isinstance(record, str):
                    current.check = record
                    continue
                if isinstance(record, CheckResult):
                    if tell is not None:
                        tell(record)
                    continue
                if record is None and (lighter := _without_what_was_too_heavy(assignment, current)):
                    again.append((lighter, attempt))
                elif record is None and attempt < ATTEMPTS:
                    again.append((job, attempt + 1))
                else:
                    died = PlatformError("error.worker_died")
                    yield job, record or broken_record(assignment, job.submission, died)
                following = next_job()
                if record is not None and following:
                    current.give(*following)
                    continue
                del busy[connection]
                current.stop()
                if following:
                    busy |= start(following, current.core)
    finally:
        for current in busy.values():
            current.kill()
        if busy:  # their launchers died without tidying up
            remove_abandoned()


def _without_what_was_too_heavy(assignment: Assignment, dead: _Worker) -> Job | None:
    """The job again, if an answer of the student's ended the worker; None if it was our fault.

    It was the student's if the worker had used up twice its time for a check, or has died of a
    fault twice. Then the exercise of that check is not run, and the second time none is: so a
    submission costs at most one run more.
    """
    died_of, job = dead.died_of(), dead.job
    fault = died_of in _FAULTS and dead.attempt == ATTEMPTS
    if not dead.check or not (died_of == signal.SIGVTALRM or fault):
        return None
    heavy = {e.id for e in assignment.exercises if dead.check in [check.id for check in e.checks]}
    if job.too_heavy:
        heavy = {exercise.id for exercise in assignment.exercises}
    return replace(job, too_heavy=job.too_heavy | heavy) if heavy - job.too_heavy else None


def core_of(slot: int, workers: int) -> int | None:
    """The core of each slot, so that a guest with many threads takes nothing from the next."""
    if workers == 1 or sys.platform != "linux":
        return None
    cores = sorted(os.sched_getaffinity(0))
    return cores[slot % len(cores)]


def _started(
    assignment: Assignment, first: tuple[Job, int], core: int | None, *, memo: bool, live: bool
) -> dict[Connection, _Worker]:
    worker_ = _Worker(assignment, core, memo=memo, live=live)
    worker_.give(*first)
    return {worker_.connection: worker_}


class _Worker:
    def __init__(self, assignment: Assignment, core: int | None, *, memo: bool, live: bool) -> None:
        self.core = core
        self.connection, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(
            target=worker.main,
            args=(theirs, assignment, core),
            kwargs={"memo": memo, "live": live},
            daemon=True,
        )
        self._process.start()
        theirs.close()
        self.job: Job
        self.attempt = 0
        self.check = ""  # that it has begun last

    def give(self, job: Job, attempt: int) -> None:
        self.job, self.attempt, self.check = job, attempt, ""
        with contextlib.suppress(OSError):  # it died idle; receive() will say so
            self.connection.send(job)

    def receive(self) -> Record | CheckResult | str | None:
        """The record, a check that begins or has ended, or None when the worker died.

        Raises the error it could not start with.
        """
        try:
            answer = self.connection.recv()
        except (EOFError, OSError):  # OSError: it died in the middle of a record
            return None
        if isinstance(answer, Record | CheckResult | str):
            return answer
        kind, code, fields = answer
        error: GraderError = kind(code, **fields)
        raise error

    def died_of(self) -> int:
        """The signal that ended it; 0 for none."""
        self._process.join(timeout=10)
        return max(0, -(self._process.exitcode or 0))

    def stop(self) -> None:
        """Let it close its launcher and end."""
        with contextlib.suppress(OSError):
            self.connection.send(None)
        self._process.join(timeout=10)
        self.kill()

    def kill(self) -> None:
        """End it now; its launcher dies with it."""
        self._process.kill()
        self._process.join()
        self.connection.close()

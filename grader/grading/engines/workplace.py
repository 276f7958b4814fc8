"""Where a cluster's worker grades one batch: its checks, and a resident process for each seat."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import TypedDict

from distributed import get_worker

from grader.boundary.devices import NO_GPUS, Gpus, found
from grader.boundary.requirements import refuse_readable, refuse_weak_jail
from grader.boundary.scratch import remove_abandoned
from grader.boundary.twins import Twin
from grader.course.assignment import Assignment
from grader.errors import GraderError, PlatformError
from grader.grading import worker
from grader.grading.engines import bundle, cores
from grader.grading.engines.attempts import Attempt, Silence, given_up
from grader.grading.engines.bundle import Bundle
from grader.grading.engines.sent_back import packed, packed_error
from grader.grading.environment import environment
from grader.grading.worker import Job, Post
from grader.records import digests
from grader.records.record import Record

_IDLE = 30.0  # seconds without a job after which a resident ends
_CORE = 5.0  # seconds within which another worker here may give a core back


class Terms(TypedDict):
    """How a batch wants to be graded: plain data, which a worker without a grader can read."""

    memo: bool
    allow_weak_jail: bool
    patience: float  # seconds of silence after which a resident hangs
    gpu_share: float | None  # of a device, for one student process; None: on no device


def versions() -> dict[str, str]:
    """What must be the same wherever a batch is graded."""
    return {**environment(), "code": digests.grader()}


def refuse_other_versions(wanted: dict[str, str]) -> None:
    """Raise `PlatformError` where a record would not come out as on the client."""
    ours = versions()
    differing = [name for name in wanted if ours.get(name) != wanted[name]]
    if differing:
        what = ", ".join(f"{n} {ours.get(n, '-')[:16]} ≠ {wanted[n][:16]}" for n in differing)
        raise PlatformError("error.cluster_versions", what=what)


class Workplace:
    """Opened once a batch and worker. Raises `GraderError` where it must not grade."""

    def __init__(self, content: bytes, terms: Terms, where: str, threads: int) -> None:
        self._terms = terms
        self._residents: dict[cores.Seat, Resident] = {}
        self._closed, self._closing, self.seats = False, threading.Lock(), 0
        self._folder, self._assignment = bundle.unpack(Bundle(content), Path(where))
        wanted = any(exercise.gpu for exercise in self._assignment.exercises)
        share = terms["gpu_share"]
        self.gpus = Gpus(found(), share) if wanted and share else NO_GPUS
        try:
            if not terms["allow_weak_jail"]:
                refuse_readable(self._folder)
                refuse_weak_jail()
            self.seats = _claimed(threads)
            if not self.seats:
                raise PlatformError("error.cluster_no_core")
        except BaseException:
            self.close()
            raise

    def grade(self, job: Job) -> Record:
        """As the pool does. Raises `GraderError` that a resident could not start with."""
        with cores.OURS.taken(self._terms["patience"]) as seat:
            attempt = Attempt(job)
            while True:
                resident = self._resident(seat)
                record = resident.grade(attempt.job, self._terms["patience"])
                if record is not None:
                    return record
                died_of = self._end(seat)
                remove_abandoned()
                more = attempt.after_death(self._assignment, resident.check, died_of)
                if more is None:
                    return given_up(self._assignment, attempt.job)
                attempt = more

    def _resident(self, seat: cores.Seat) -> Resident:
        resident = self._residents.get(seat)
        if resident is not None and not resident.twin.has_ended():
            return resident
        if resident is not None:
            self._end(seat)
        if self._closed:
            raise PlatformError("error.cluster_worker_leaves")
        post = Post(self.gpus, self._terms["memo"], idle=_IDLE)
        self._residents[seat] = Resident(self._assignment, post, seat.core)
        return self._residents[seat]

    def _end(self, seat: cores.Seat) -> int:
        """End the resident of a seat. Returns the signal that it died of, 0 for none."""
        return self._residents.pop(seat).twin.kill()

    def close(self) -> None:
        """End everything, and remove the checks. Who comes second finds nothing to do."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        for resident in list(self._residents.values()):
            resident.twin.kill()
        if self.seats:
            cores.OURS.release()
        remove_abandoned()
        shutil.rmtree(self._folder, ignore_errors=True)


def _claimed(threads: int) -> int:
    """Seats for the threads of this worker; a batch that has ended elsewhere is given a moment."""
    deadline = time.monotonic() + _CORE
    while not (seats := cores.OURS.claim(threads)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return seats


class Resident:
    """A grading process, from the worker's side."""

    def __init__(self, assignment: Assignment, post: Post, core: int | None) -> None:
        self.check = ""  # that it has begun last
        self.twin = Twin(worker.SERVE, assignment, post, preload=assignment.preload, core=core)

    def grade(self, job: Job, patience: float) -> Record | None:
        """The record; None when it died, or was silent for `patience` seconds.

        Raises the error it could not start with.
        """
        self.check, silence = "", Silence()
        self.twin.give(job)
        try:
            while True:
                if self.twin.line.poll(Silence.STEP):
                    answer: Record | str = self.twin.receive()
                elif silence.goes_on() > patience:
                    return None
                else:
                    continue
                if isinstance(answer, Record):
                    return answer
                silence.heard()
                self.check = answer
        except (EOFError, OSError):  # OSError: its line was closed, as the workplace was
            self.twin.died_of()
            return None


def grade_job(name: str, job: Job) -> bytes:
    """The task: what came of a job, as `sent_back` packs it."""
    workplace: Workplace = get_worker().plugins[name].workplace
    try:
        return packed(workplace.grade(job))
    except GraderError as error:
        return packed_error(error)

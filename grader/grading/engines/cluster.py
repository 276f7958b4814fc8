"""The same batch on a cluster of Dask: jobs out in windows, records back as text.

Only this process writes records. A task may run twice, where a machine was thought lost; the first
record counts. Every wait has a limit: what does not answer is lost, and what is lost is connected
again or said.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import queue
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

import cloudpickle
from distributed import Client, Future
from distributed.protocol.pickle import dumps
from distributed.scheduler import KilledWorker

from grader.boundary.launchers import LAUNCHER_START
from grader.course.assignment import Assignment
from grader.errors import GraderError, PlatformError
from grader.grading.engines import admission, bundle
from grader.grading.engines.attempts import ATTEMPTS, Attempt, Work, given_up, most_silence
from grader.grading.engines.engine import Graded
from grader.grading.engines.gate import Gate, refuse_plain
from grader.grading.engines.sent_back import Unfit, unfit, unpacked
from grader.grading.engines.workplace import Terms, grade_job, versions
from grader.grading.results import broken_record
from grader.grading.worker import Job

cloudpickle.register_pickle_by_value(admission)

PER_SEAT = 3  # jobs under way for each seat: one is graded, the others are there already
_ANSWER = 20.0  # seconds within which a scheduler answers
_MOST_LOST = 20  # connections in one batch: a network as bad as that is of no use
_FETCH = 10.0  # seconds within which a worker sends a record
_MOST_UNSENT = 6  # times that a result is waited for
_LOOK = 1.0  # seconds between two looks at who is there
_OBJECTS = 100_000  # new ones between two looks of the garbage collector


class Lost(Exception):
    """The scheduler does not answer any more."""


@dataclass(frozen=True)
class Cluster:
    """The engine of many machines.

    `tell_unfit` hears of each worker that is not used. `patience`: seconds of silence after which a
    grading process hangs (`attempts.most_silence` by default). `empty`: seconds without any seat
    after which nothing more is hoped for.
    """

    gate: Gate
    memo: bool = True
    gpu_share: float | None = 1.0
    allow_weak_jail: bool = False
    tell_unfit: Callable[[Unfit], None] = lambda _: None
    patience: float | None = None
    empty: float = LAUNCHER_START

    def refuse_weak_jail(self) -> None:
        """Each worker is asked where it stands, and those that are weak get nothing."""

    def grade_all(self, assignment: Assignment, jobs: Iterable[Job]) -> Iterator[Graded]:
        """Grade every job. Raises `PlatformError` when the cluster is gone or of no use."""
        work = _Work(jobs)
        content = bundle.pack(assignment).content
        patience = most_silence(assignment) if self.patience is None else self.patience
        terms = Terms(
            memo=self.memo,
            allow_weak_jail=self.allow_weak_jail,
            patience=patience,
            gpu_share=self.gpu_share,
        )
        with _seldom_collected():
            for lost in count(1):
                session = _Session(self, assignment, work)
                try:
                    session.open(content, terms)
                    yield from session.records()
                    return
                except Lost:  # a new connection is a new session: the old one's tasks are forgotten
                    work.again.extend(session.under_way.values())
                    if lost > _MOST_LOST:
                        reason = os.strerror(errno.ETIMEDOUT)
                        fields = {"address": self.gate.address, "reason": reason}
                        raise PlatformError("error.cluster_gone", **fields) from None
                finally:
                    session.close()


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """A record comes and goes as thousands of objects, none in a circle.

    For each of them the collector would go through ours several times: longer than all else takes.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Work(Work):
    """With those that were there when workers died.

    Some of them were only waiting beside the one that killed: in the end each is graded alone.
    """

    def __init__(self, jobs: Iterable[Job]) -> None:
        super().__init__(jobs)
        self.suspects: deque[Attempt] = deque()


class _Session:
    """A batch on one connection."""

    def __init__(self, engine: Cluster, assignment: Assignment, work: _Work) -> None:
        self._engine, self._assignment, self._work = engine, assignment, work
        self._name = f"grader-{uuid.uuid4().hex[:12]}"  # of the batch: nobody else has it
        self._client: Client = engine.gate.client()
        self.under_way: dict[Future, Attempt] = {}
        self._alone: Attempt | None = None
        self._done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._given = 0
        self._seats = 0
        self._on_gpu = False  # jobs go only to machines with a GPU: the batch wants one
        self._heard = 0.0  # the time of the last event
        self._unfit: set[str] = set()
        self._waiting: set[str] = set()  # keys that no worker can take
        self._unsent: Counter[Future] = Counter()  # how often a result was waited for in vain
        self._looked = self._had_seats = time.monotonic()

    def open(self, content: bytes, terms: Terms) -> None:
        """Bring everything to the workers, and wait for the first that is fit."""
        usher = admission.Usher(self._name, self._client.id)
        admitted = admission.Admission(self._name, versions(), content, terms)
        for what, plugin in (("scheduler", usher), ("worker", admitted)):
            self._ask(
                f"register_{what}_plugin", plugin=dumps(plugin), name=self._name, idempotent=False
            )
        while not self._look():
            time.sleep(0.1)

    def close(self) -> None:
        """Leave; the usher clears up behind us."""
        self._client.close(timeout=5)

    def records(self) -> Iterator[Graded]:
        """Give jobs and take records until there are no more."""
        while self._top_up():
            ended = self._ended()
            sent = self._fetched(ended)
            for future in ended:
                attempt = self.under_way.get(future)
                if attempt is not None and (graded := self._taken(future, attempt, sent)):
                    yield replace(graded, more=future is not ended[-1])
            if not ended or time.monotonic() - self._looked > _LOOK:
                self._look_around()

    def _ended(self) -> list[Future]:
        """The tasks that have ended meanwhile; if there is none, after a moment's wait."""
        found = []
        with contextlib.suppress(queue.Empty):
            found.append(self._done.get(timeout=_LOOK))
            while True:
                found.append(self._done.get_nowait())
        return found

    def _fetched(self, ended: list[Future]) -> dict[Future, object]:
        """What they made, in one go: that costs no more than one of them.

        Nothing, if any is not to be had; then each is asked for alone.
        """
        made = [future for future in ended if future.status == "finished"]

        async def gathered() -> list[object]:
            found: list[object] = await self._client.gather(made, asynchronous=True)
            return found

        try:
            sent = self._client.sync(gathered, callback_timeout=_FETCH)
        except Exception:
            return {}
        return dict(zip(made, sent, strict=True))

    def _top_up(self) -> bool:
        """Give as many as there is room for. Returns whether any are under way.

        Some always are, even while there is no seat at all: the batch ends when nothing is left.
        """
        given: list[Attempt] = []
        while len(self.under_way) + len(given) < max(1, self._seats) * PER_SEAT:
            attempt = None if self._alone else self._work.next()
            if attempt is None:
                break
            given.append(attempt)
        if not self.under_way and not given and self._work.suspects:
            self._alone = self._work.suspects.popleft()
            given.append(self._alone)
        if given:
            self._give(given)
        return bool(self.under_way)

    def _give(self, attempts: Sequence[Attempt]) -> None:
        """Together they cost less. The dashboard shows keys: no names in them."""
        keys = [f"{self._name}-{self._given + n}" for n in range(len(attempts))]
        self._given += len(attempts)
        jobs = [attempt.job for attempt in attempts]
        task = partial(grade_job, self._name)
        wanted = {self._name: 1}
        if self._on_gpu:
            wanted[admission.on_gpu(self._name)] = 1
        futures = self._client.map(task, jobs, key=keys, resources=wanted, retries=0)
        for future, attempt in zip(futures, attempts, strict=True):
            self.under_way[future] = attempt
            future.add_done_callback(self._done.put)

    def _taken(
        self, future: Future, attempt: Attempt, fetched: Mapping[Future, object]
    ) -> Graded | None:
        """The record of a task that has ended; None if it will be tried again."""
        error: BaseException | None = None
        sent: object = fetched.get(future)
        try:
            if future.status in {"cancelled", "lost"}:
                raise Lost
            if not future.done():
                raise TimeoutError
            if sent is None and (error := future.exception(timeout=_FETCH)) is None:
                sent = future.result(timeout=_FETCH)
        except TimeoutError as silence:  # its worker died with the result, and Dask grades it again
            self._unsent[future] += 1
            if self._unsent[future] <= _MOST_UNSENT:
                future.add_done_callback(self._done.put)
                return None
            error = silence
        except (CancelledError, OSError):
            raise Lost from None
        except Exception as unreadable:  # what it sent is no record, and cannot even be read
            error = unreadable
        self._unsent.pop(future, None)
        del self.under_way[future]
        future.release()
        alone, self._alone = attempt is self._alone, None
        if isinstance(error, KilledWorker):
            more = attempt.once_more() if alone else attempt
            if more is None:
                return Graded(attempt.job, given_up(self._assignment, attempt.job))
            self._work.suspects.append(more)
            return None
        try:
            if error is not None:
                raise PlatformError("error.system", reason=repr(error)[:500])
            return unpacked(sent, self._assignment, attempt.job)
        except GraderError as failed:
            # one worker's word does not end the batch
            if isinstance(failed, PlatformError) or attempt.number < ATTEMPTS:
                return self._once_more(attempt, failed)
            raise

    def _once_more(self, attempt: Attempt, error: GraderError) -> Graded | None:
        leaves = error.code == "error.cluster_worker_leaves"  # that is nobody's fault
        more = attempt.given_back() if leaves else attempt.once_more()
        if more is None:
            record = broken_record(self._assignment, attempt.job.submission, error)
            return Graded(attempt.job, record)
        self._work.again.append(more)
        return None

    def _look_around(self) -> None:
        """See who is there, and give again what nobody could take."""
        if self._look() and self._waiting:
            left = [f for f in self.under_way if f.key in self._waiting and f.status == "pending"]
            again = [self.under_way.pop(future) for future in left]
            for future in left:
                future.cancel()
            if again:
                self._give(again)

    def _look(self) -> int:
        """The seats that there are now. Raises `PlatformError` when there is no hope of any."""
        self._looked = time.monotonic()
        state = self._ask(self._name)
        if not isinstance(state, dict):  # it has taken us for gone, and cleared up
            raise Lost
        if state["pages"]:
            raise PlatformError("error.cluster_open", address=state["pages"])
        for address in state["workers"]:
            refuse_plain(address)
        for stamp, event in self._ask("events", topic=self._name):
            if stamp > self._heard and (told := unfit(event)):
                self._unfit.add(told.worker)
                self._engine.tell_unfit(told)
            self._heard = max(self._heard, stamp)
        self._on_gpu = state["gpu_seats"] > 0
        self._seats = int(state["gpu_seats"] or state["seats"])
        self._waiting = set(state["waiting"])
        if self._seats:
            self._had_seats = self._looked
        elif not self._given and state["workers"] and self._unfit.issuperset(state["workers"]):
            raise PlatformError("error.cluster_unfit", n=len(state["workers"]))
        elif self._looked - self._had_seats > self._engine.empty:
            raise PlatformError("error.cluster_empty", address=self._engine.gate.address)
        return self._seats

    def _ask(self, what: str, **arguments: Any) -> Any:
        """An answer of the scheduler. Raises `Lost` when there is none."""
        if self._client.status != "running":
            raise Lost
        call = getattr(self._client.scheduler, what)
        try:
            return self._client.sync(call, callback_timeout=_ANSWER, **arguments)
        except (OSError, TimeoutError, CancelledError):
            raise Lost from None

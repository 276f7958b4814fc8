"""The cores of this machine, each claimed by one process of ours: a guest stays on its own.

Workers of a cluster that share a machine do not know of one another.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from dask.system import CPU_COUNT  # what the control group leaves us counts as well

from grader.boundary.claims import claimed


@dataclass(frozen=True)
class Seat:
    """Room for one grading process. `core`: where it stays; None where the kernel shares out."""

    number: int
    core: int | None


class Seats:
    """What this process has claimed, for all that it grades: one at a time on each."""

    def __init__(self) -> None:
        self._claims: list[socket.socket] = []
        self._free: queue.LifoQueue[Seat] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._count = self._users = 0

    def claim(self, wanted: int) -> int:
        """Claim cores until there are `wanted` seats, or no free core; returns how many there are.

        Where only a share of the cores' time is ours, as in a container with a quota, nobody can
        tell which are free: then each thread has a seat, and none a core. Who has got any gives
        them back by `release`.
        """
        with self._lock:
            for core in self._cores():
                if self._count >= wanted:
                    break
                if core is not None:
                    claim = claimed(f"core-{core}")
                    if claim is None:
                        continue
                    self._claims.append(claim)
                self._free.put(Seat(self._count, core))
                self._count += 1
            self._users += self._count > 0
            return self._count

    def release(self) -> None:
        """The last one who does gives the cores back to the machine."""
        with self._lock:
            self._users -= 1
            if not self._users:
                for claim in self._claims:
                    claim.close()
                self._claims, self._free, self._count = [], queue.LifoQueue(), 0

    def _cores(self) -> list[int] | list[None]:
        if sys.platform != "linux":
            return [None] * CPU_COUNT
        cores = sorted(os.sched_getaffinity(0))
        return [None] * CPU_COUNT if len(cores) > CPU_COUNT else cores

    @contextlib.contextmanager
    def taken(self, seconds: float) -> Iterator[Seat]:
        """A seat that is nobody else's meanwhile. Raises `queue.Empty` when none gets free."""
        free = self._free
        seat = free.get(timeout=seconds)
        try:
            yield seat
        finally:
            free.put(seat)


OURS = Seats()

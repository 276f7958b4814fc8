"""The time that a submission's guests take, charged in their own processor time.

A busy machine costs nobody a point: a guest that waits for a core is not charged for it. The wall
clock is only a backstop, for a guest that sleeps; what it waited for a core does not count there
either.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

# The wall may show this much more than the limit in processor time before a guest counts as asleep.
BACKSTOP, MORE = 3.0, 2.0
SHORTEST_LOOK = 0.05  # seconds between two questions how much a guest has used


@dataclass(frozen=True)
class Usage:
    """What a guest has had until now, in seconds."""

    cpu: float = 0.0  # of all its threads
    starved: float = 0.0  # ready to run, but its main thread had no core


# Of a process, by the scheduler's own count (linux/posix-timers.h).
_CPU_CLOCK = 2


def usage_of(pid: int) -> Usage:
    """What a process of this machine has used; nothing, if it has just ended.

    clock_getcpuclockid(3) of another process; the kernel's Documentation/scheduler/
    sched-stats.rst, "/proc/<pid>/schedstat".
    """
    cpu = starved = 0.0
    with contextlib.suppress(OSError):
        cpu = time.clock_gettime(~pid << 3 | _CPU_CLOCK)
        # last: where /proc hides the processes of others (`hidepid`), that alone is not known
        with open(f"/proc/{pid}/schedstat", "rb", buffering=0) as file:
            starved = int(file.read(64).split()[1]) / 1e9
    return Usage(cpu, starved)


class DeadlineMissed(Exception):
    """No whole reply in time."""


class Deadline:
    """The end of the time for one or more requests of one guest.

    The guest is only asked what it has used when the wall says that it may be too much.
    """

    def __init__(self, seconds: float, usage: Callable[[], Usage]) -> None:
        self.limit = seconds
        self._usage = usage
        start = usage()
        self.before = start.cpu  # of what is not charged here
        self._starved = start.starved
        self._waited = 0.0  # in earlier requests
        self._began = self._look_at = 0.0

    def begin(self) -> None:
        """A request leaves."""
        self._began = time.monotonic()
        self._look_at = self._began + max(0.0, self.limit - self._waited)

    def end(self) -> None:
        """Its reply is there, or will never be."""
        self._waited += time.monotonic() - self._began

    def left(self) -> float:
        """How long to wait before asking again. Raises `DeadlineMissed`."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + self._more(self._waited + now - self._began)
        return self._look_at - now

    def used(self) -> float:
        """Processor time since the beginning."""
        return self._usage().cpu - self.before

    def _more(self, waited: float) -> float:
        usage = self._usage()
        cpu = self.limit - (usage.cpu - self.before)
        awake = waited - (usage.starved - self._starved)
        wall = BACKSTOP * self.limit + MORE - awake
        if cpu <= 0 or wall <= 0:
            raise DeadlineMissed
        return max(SHORTEST_LOOK, min(cpu, wall))


class Clock:
    """What the guests of one submission have used, in seconds of processor time."""

    def __init__(self) -> None:
        self.limit = 0.0  # of the check that runs
        self._waited = self._used = 0.0  # by guests that have ended, and by checks before
        self._usage: Callable[[], Usage] | None = None  # of the guest that is open
        self._deadline: Deadline | None = None  # of the check, once it has asked something

    @property
    def waited(self) -> float:
        """Spent in requests of checks."""
        return self._waited + (self._deadline.used() if self._deadline else 0.0)

    @property
    def used(self) -> float:
        """Spent for anything, imports and the checks' own process too."""
        return self._used + (self._usage().cpu if self._usage else 0.0)

    def guest_opened(self, usage: Callable[[], Usage]) -> None:
        """A guest is there, which tells its usage."""
        self._usage = usage

    def guest_ended(self, cpu: float) -> None:
        """It is gone, and has used so much in all."""
        if self._deadline is not None:
            self._waited += max(0.0, cpu - self._deadline.before)
        self._used += cpu
        self._usage = self._deadline = None

    def begin_check(self, seconds: float) -> None:
        """A new check, with `seconds` for all its calls together."""
        self._waited, self._deadline = self.waited, None
        self.limit = seconds

    def check(self) -> Deadline:
        """The deadline of the check that runs."""
        if self._deadline is None:
            self._deadline = self.start(self.limit)
        return self._deadline

    def start(self, seconds: float) -> Deadline:
        """A deadline for something else in the guest that is open."""
        assert self._usage is not None  # a guest is open
        return Deadline(seconds, self._usage)

    def charge(self, seconds: float) -> None:
        """The checks' own process has spent this on the submission."""
        self._used += seconds

    def leave_out(self, seconds: float) -> None:
        """Something else in between, as an import, is not charged to the check."""
        if self._deadline is not None:
            self._deadline.before += seconds

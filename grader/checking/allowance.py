"""What the checks' own process may spend on one check: as much as the student's code may.

A value can be made to burden whoever looks at it. So the limits of a check, its seconds and the
assignment's memory, hold on this side of the wall once more:

    processor time   an `Overrun` is raised in the check. Where that cannot be seen, within one long
                     step of a library, the kernel ends this process at twice the limit (SIGVTALRM),
                     and the batch knows what to make of it (`grader.grading.engines.local`).
                     An import is left to end: half a library would be the neighbours' loss
    memory           the allocation fails: a `MemoryError`, or torch's own `RuntimeError`

Memory is limited by RLIMIT_DATA above what the process holds as the check begins. That counts what
may be written to and is nobody else's. RLIMIT_AS would count address space, of which torch reserves
far more than it uses; looking at the resident size from time to time would come too late.
"""

from __future__ import annotations

import contextlib
import resource
import signal
from collections.abc import Iterator
from types import FrameType

from grader.boundary.guest.layers import data_bytes
from grader.checking.outcomes import Overrun

LATER = 1.0  # seconds more than twice the limit, so that an `Overrun` of a short one comes first
AGAIN = 0.2  # seconds until an `Overrun` that was put off, or swallowed, is raised once more


@contextlib.contextmanager
def allowance(seconds: float, memory_mb: int) -> Iterator[None]:
    """Limit this process for one check. Linux, and the main thread, only."""
    watch = _Watch()
    handler = signal.signal(signal.SIGPROF, watch.raise_overrun)
    before = _limit_data(data_bytes() + (memory_mb << 20))
    # a timer, not RLIMIT_CPU: the kernel holds that against a count of ticks which nobody can read
    signal.setitimer(signal.ITIMER_VIRTUAL, 2 * seconds + LATER)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
    try:
        try:
            yield
        finally:
            watch.is_over = True
    finally:  # also where the time was up in the line before this one
        watch.is_over = True
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if before is not None:
            _limit_data(before)
        signal.signal(signal.SIGPROF, handler)


def _limit_data(soft: int) -> int | None:
    """Set the limit; what it was before, None on a machine that refuses.

    Such a machine has no limits for its guests either, and says so.
    """
    try:
        before, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY and soft > hard:
            soft = hard
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    except (OSError, ValueError):
        return None
    return before


class _Watch:
    """The handler of SIGPROF. A signal that comes when the check is over must do nothing."""

    def __init__(self) -> None:
        self.is_over = False

    def raise_overrun(self, _number: int, frame: FrameType | None) -> None:
        while frame is not None and not self.is_over:
            if frame.f_globals.get("__name__") == "importlib._bootstrap":
                return
            frame = frame.f_back
        if not self.is_over:
            raise Overrun

"""What a forked process does first and last, and how its parent waits for it."""

from __future__ import annotations

import os
import select
import sys
import time
import traceback
from collections.abc import Callable
from typing import NoReturn


def live(body: Callable[[], None]) -> NoReturn:
    """The whole life of a forked process."""
    try:
        body()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)


def close_all_but(kept: set[int]) -> None:
    """Close every descriptor that is not among them."""
    low = 0
    for fd in sorted(kept):
        if low < fd:  # of an empty range CPython makes close_range(low, UINT_MAX)
            os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))


def ends_within(pid: int, seconds: float) -> bool:
    """Whether a child ends by itself in that time. It is not reaped."""
    try:
        watch = os.pidfd_open(pid)
    except OSError:  # a kernel before 5.3: Gradescope's was one
        deadline = time.monotonic() + seconds
        while not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.001)
        return True
    ended = select.select([watch], [], [], seconds)[0]
    os.close(watch)
    return bool(ended)

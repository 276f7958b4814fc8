"""The launcher with one more order, for `bench.guest`: fork a child that does nothing but exit.

{"open": {"bare": true}} + no descriptors, then {"end": 0}  ->  {"ms": milliseconds}
"""

from __future__ import annotations

import os
import socket
import time
from typing import Any

from grader.boundary.guest import launcher

_open_guest = launcher._open  # noqa: SLF001 - measured in the process that forks the guests


class _BareFork:
    """Fork, exit, wait; nothing is left to be ended."""

    def __init__(self) -> None:
        start = time.perf_counter()
        pid = os.fork()
        if not pid:
            os._exit(0)
        os.waitpid(pid, 0)
        self._milliseconds = 1000 * (time.perf_counter() - start)

    def end(self, _: float) -> dict[str, Any]:
        return {"ms": self._milliseconds}


def _open(world: Any, control: socket.socket, *arguments: Any) -> Any:
    if "bare" not in arguments[-1]:
        return _open_guest(world, control, *arguments)
    control.send(b"{}")  # as a guest would
    return _BareFork()


if __name__ == "__main__":
    launcher._open = _open  # noqa: SLF001
    launcher.main()

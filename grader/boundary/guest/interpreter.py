"""What a student's program finds around it: an ordinary interpreter that imports it."""

from __future__ import annotations

import builtins
import errno
import os
import socket
import sys
from types import ModuleType
from typing import Any

# What would start another process: a guest is one process, here and on a student's machine.
_STARTS = {
    "os.fork",
    "os.forkpty",
    "os.exec",
    "os.posix_spawn",
    "subprocess.Popen",
    "_winapi.CreateProcess",
}


def look_ordinary() -> None:
    """No arguments, and a `__main__` that is not ours, as in `python` without arguments.

    A top-level `ArgumentParser().parse_args()` finds its defaults.
    """
    sys.argv = [""]
    sys.orig_argv = [sys.executable]
    main = ModuleType("__main__")
    vars(main)["__builtins__"] = builtins
    sys.modules["__main__"] = main


def open_streams() -> None:
    """Python's own files for the keyboard and what is printed, whatever these are by now or later.

    Whoever forks guests opens them once for all; `redirect` says where a guest's lead.
    """
    flush_streams()
    for name, fd, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        file = open(fd, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        set_stream(name, file)


def flush_streams() -> None:
    """What was printed until now is out."""
    for file in (sys.stdout, sys.stderr):
        file.flush()


def redirect(output: socket.socket) -> None:
    """Everything printed, by Python or below it, goes to `output`; the keyboard is empty."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    os.close(null)


def set_stream(name: str, file: Any) -> None:
    """`sys.stdout` and its like, under both names."""
    setattr(sys, name, file)
    setattr(sys, f"__{name}__", file)


def start_no_process() -> None:
    """Refuse as the system-call filter does, where there is none."""

    def refuse(event: str, _: Any) -> None:
        if event in _STARTS:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    sys.addaudithook(refuse)

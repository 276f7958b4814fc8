"""How twins come to be: `python -m grader.boundary.twin_start LINE LIFE CORE PRELOAD...`.

Until it has forked the launcher, this process knows the names of libraries and no more: it has no
environment of ours, no module but what a launcher needs, and nobody has told it what it is for. So
nothing is in the launcher's memory that student code may not find there. `LIFE` is one end of a
pipe, whose other end lives as long as whoever started this. (The kernel's own signal at a parent's
death comes when the *thread* ends that started this: a task of Dask is one.)
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import gc
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from typing import NoReturn

from grader.boundary.guest import forks, launcher
from grader.boundary.guest.kernel import (
    PR_SET_DUMPABLE,
    PR_SET_PDEATHSIG,
    keep_out_tracers,
    prctl,
)

_F_SETSIG = 10  # of Linux: the signal that tells of a pipe
_MAX_FOLDER = 4096  # bytes of a path


def main(line: int, life: int, core: str, preload: tuple[str, ...]) -> None:
    """Fork the launcher, and only then become the trusted twin."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        keep_out_tracers()  # before there is anything to see: who has looked in once may stay
        end_with(life)
        if core != "-":
            os.sched_setaffinity(0, {int(core)})
    failed = ""
    try:
        with _output_aside():
            launcher.preload(preload)
    except (Exception, SystemExit) as error:
        failed = f"{type(error).__name__}: {error}"
    # both twins' collectors leave the libraries alone, and so the pages that they share
    gc.collect()
    gc.freeze()
    forked = Fork() if sys.platform == "linux" and not failed else None

    from grader.boundary.twin_life import live

    live(line, preload, forked, failed)
    leave()


@contextlib.contextmanager
def _output_aside() -> Iterator[None]:
    """What libraries print as they are imported is no output of ours, which a program may read."""
    ours = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        ctypes.CDLL(None).fflush(None)
        os.dup2(ours, 1)
        os.close(ours)


def leave() -> NoReturn:
    """End at once: Python takes .3 s to undo the import of torch, and would wait for threads."""
    atexit._run_exitfuncs()  # noqa: SLF001 - what checks have registered
    for file in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # nobody reads it any more
            file.flush()
    os._exit(0)


def end_with(life: int) -> None:
    """Let the kernel kill this process when the pipe is closed: even stopped, or in a library."""
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    try:
        fcntl.fcntl(life, _F_SETSIG, signal.SIGKILL)
    except OSError:  # a kernel in a sandbox: there, with the thread that started this
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([life], [], [], 0)[0]:
        os._exit(1)  # it was closed before


class Fork:
    """A fork of this process, asleep, of which `wake` makes a launcher; else as a `Popen`."""

    def __init__(self) -> None:
        self._bed, theirs = socket.socketpair()
        errors, their_errors = os.pipe()
        self._has_ended = False
        self._pid = os.fork()
        if not self._pid:
            null = os.open(os.devnull, os.O_RDWR)
            for fd, stream in enumerate((null, null, their_errors)):
                os.dup2(stream, fd)
            forks.close_all_but({0, 1, 2, theirs.fileno()})
            forks.live(partial(_sleep, theirs))
        theirs.close()
        os.close(their_errors)
        self.stderr = open(errors, "rb")  # noqa: SIM115 - as long as the launcher

    def wake(self, control: socket.socket, folder: str) -> None:
        """Be the launcher with that socket, whose guests have their folders there."""
        with self._bed:
            socket.send_fds(self._bed, [os.fsencode(folder)], [control.fileno()])

    def kill(self) -> None:
        """End it."""
        if not self._has_ended:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> None:
        """Until it has ended. Raises `TimeoutExpired` as `Popen` does."""
        if self._has_ended:
            return
        with contextlib.suppress(ChildProcessError):  # something here has had it waited for
            if timeout is not None and not forks.ends_within(self._pid, timeout):
                raise subprocess.TimeoutExpired("launcher", timeout)
            os.waitpid(self._pid, 0)
        self._has_ended = True


def _sleep(bed: socket.socket) -> None:
    sys.dont_write_bytecode = True
    with bed:
        folder, controls, _, _ = socket.recv_fds(bed, _MAX_FOLDER, 1)
    if controls:  # or nobody wants it any more
        prctl(PR_SET_DUMPABLE, 1)  # it may have to name its users; then it keeps tracers out
        control = socket.socket(fileno=controls[0])
        launcher.serve(control, os.fsdecode(folder), device="", names=())  # all are imported


if __name__ == "__main__":
    _, line, life, core, *preload = sys.argv
    main(int(line), int(life), core, tuple(preload))

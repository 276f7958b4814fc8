"""How twins come to be: `python -m grader.boundary.twin_start LINE LIFE CORE PRELOAD...`.

Until it has forked the launcher, this process knows the names of libraries and no more: it has no
environment of ours, and nobody has told it what it is for. So nothing is in the launcher's memory
that student code may not find there. It has one end of the pipe `LIFE`, whose other end lives as
long as whoever started it.
"""

from __future__ import annotations

import fcntl
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from multiprocessing.connection import Connection

from grader.boundary.guest import forks, launcher
from grader.boundary.guest.kernel import (
    PR_SET_DUMPABLE,
    PR_SET_PDEATHSIG,
    keep_out_tracers,
    prctl,
)
from grader.boundary.launchers import ForkLauncher, Launcher, SpawnLauncher
from grader.errors import PlatformError

_F_SETSIG = 10  # of Linux: the signal that tells of a pipe


def main(line: int, life: int, core: str, preload: tuple[str, ...]) -> None:
    """Fork the launcher, hear what to be, and be it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        keep_out_tracers()  # before there is anything to see: who has looked in once may stay
        end_with(life)
        if core != "-":
            os.sched_setaffinity(0, {int(core)})
    ours = Connection(line)
    try:
        launcher.preload(preload)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        ours.send(PlatformError("error.launcher_gone", reason=reason))
        return
    with closing(_twin(preload)) as twin:
        ours.send("")
        try:
            ours.recv().enter()
        except PlatformError as error:
            ours.send(error)
            return
        target, arguments = ours.recv()
        pkgutil.resolve_name(target)(ours, twin, *arguments)


def end_with(life: int) -> None:
    """Let the kernel kill this process when the pipe is closed: even stopped, or in a library."""
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    try:
        fcntl.fcntl(life, _F_SETSIG, signal.SIGKILL)
    except OSError:  # a kernel in a sandbox: there, with the thread that started this
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([life], [], [], 0)[0]:
        os._exit(1)  # it was closed before


def _twin(preload: tuple[str, ...]) -> Launcher:
    return _ForkedLauncher(preload) if sys.platform == "linux" else SpawnLauncher(preload)


class _ForkedLauncher(ForkLauncher):
    """One whose process is a fork of this one."""

    def _start(self, theirs: socket.socket, device: str, preload: tuple[str, ...]) -> _Fork:
        folder = str(self._scratch.folder)
        return _Fork(partial(launcher.serve, theirs, folder, device, preload), theirs.fileno())


class _Fork:
    """A fork of this process, as `subprocess.Popen` would have it."""

    def __init__(self, body: Callable[[], None], kept: int) -> None:
        errors, their_errors = os.pipe()
        self._status: int | None = None
        self._pid = os.fork()
        if not self._pid:
            null = os.open(os.devnull, os.O_RDWR)
            for fd, stream in enumerate((null, null, their_errors)):
                os.dup2(stream, fd)
            forks.close_all_but({0, 1, 2, kept})
            sys.dont_write_bytecode = True
            prctl(PR_SET_DUMPABLE, 1)  # it may have to name its users; then it keeps tracers out
            forks.live(body)
        os.close(their_errors)
        self.stderr = open(errors, "rb")  # noqa: SIM115 - as long as the launcher

    def kill(self) -> None:
        """End it."""
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> None:
        """Until it has ended. Raises `TimeoutExpired` as `Popen` does."""
        if self._status is not None:
            return
        if timeout is not None and not forks.ends_within(self._pid, timeout):
            raise subprocess.TimeoutExpired("launcher", timeout)
        try:
            _, self._status = os.waitpid(self._pid, 0)
        except ChildProcessError:  # something here has had it waited for
            self._status = 0


if __name__ == "__main__":
    _, line, life, core, *preload = sys.argv
    main(int(line), int(life), core, tuple(preload))

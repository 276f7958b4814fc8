"""A trusted process and its launcher are twins: one clean interpreter, which forks.

It imports the libraries once for both, forks the launcher while it knows nothing (`twin_start`),
and becomes the trusted process only then, when it is told what for:

    twin = Twin("room.module:serve", assignment, preload=("numpy", "torch"))
    twin.give(job)  # serve(line, launcher, assignment) has the other end of the line
    while (answer := twin.receive()) == "":
        pass
"""

from __future__ import annotations

import contextlib
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grader
from grader.boundary import interpreters
from grader.errors import GraderError, PlatformError


@dataclass(frozen=True)
class Surroundings:
    """What a new interpreter of ours does not have of the process that starts it."""

    environment: dict[str, str]
    path: list[str]
    writes_bytecode: bool
    bytecode: str | None  # the folder for it; None: beside the source
    grader: str

    @classmethod
    def ours(cls) -> Surroundings:
        """Those of this process."""
        named = {name: value for name, value in os.environ.items() if name}
        writes = not sys.dont_write_bytecode
        return cls(named, list(sys.path), writes, sys.pycache_prefix, _grader())

    def enter(self) -> None:
        """Have them in this process, which goes on with one thread.

        Raises `PlatformError` where this process is one of another grader.
        """
        if self.grader != _grader():
            folder = shlex.quote(str(Path(self.grader).parent))
            raise PlatformError("error.other_grader", found=_grader(), folder=folder)
        os.environ.clear()
        os.environ.update({**self.environment, **interpreters.ONE_THREAD})
        time.tzset()
        sys.path[:] = self.path
        sys.dont_write_bytecode = not self.writes_bytecode
        sys.pycache_prefix = self.bytecode


def _grader() -> str:
    """The folder of our own code."""
    return os.path.realpath(grader.__path__[0])


class Twin:
    """A process that runs `target(line, launcher, *arguments)`; `line` is our end of its line.

    `target` is `module:function`, which only that process imports. It ends when we do, however that
    is. With `core` it stays on that one, and so do its launcher and guests. Until it has forked,
    which takes as long as its libraries, it `is_told` nothing.
    """

    def __init__(
        self,
        target: str,
        *arguments: Any,
        preload: Sequence[str],
        core: int | None = None,
    ) -> None:
        self.is_told = False
        self._waiting: list[Any] = [(target, arguments)]  # until it is told
        ours, theirs = socket.socketpair()
        life, life_of_ours = os.pipe()
        self._life: int | None = life_of_ours
        words = [str(theirs.fileno()), str(life), "-" if core is None else str(core)]
        # that of the libraries is worth writing once
        writes = not sys.dont_write_bytecode and sys.pycache_prefix is None
        start = [*interpreters.command(writes_bytecode=writes), "-m", "grader.boundary.twin_start"]
        with theirs:
            self._process = subprocess.Popen(
                [*start, *words, *preload],
                pass_fds=[theirs.fileno(), life],
                env={**interpreters.environment(), "TMPDIR": tempfile.gettempdir()},
                stdin=subprocess.DEVNULL,
                stdout=_open(1),
                stderr=_open(2),
                start_new_session=True,  # keys of a terminal are our matter
            )
        os.close(life)
        self.line = Connection(ours.detach())

    def give(self, message: Any) -> None:
        """Send it what its target expects, or keep that until it is told what to do.

        Of one that is dead `receive` says so.
        """
        if self.is_told:
            self._send(message)
        else:
            self._waiting.append(message)

    def receive(self) -> Any:
        """What it says. At first that is "", and it is told what to do.

        Raises `EOFError` when it is gone, and the error that it could not start with.
        """
        try:
            said = self.line.recv()
        except (EOFError, OSError):  # OSError: it died in the middle of a word
            if not self.is_told and self.fate() == "exit code 1" and not _finds_us():
                raise PlatformError("error.not_found_by_launcher") from None
            raise EOFError from None
        if isinstance(said, GraderError):
            raise said
        if not self.is_told:
            self.is_told = True
            self._send(Surroundings.ours())
            while self._waiting:
                self._send(self._waiting.pop(0))
        return said

    def _send(self, message: Any) -> None:
        with contextlib.suppress(OSError):  # it died: what it says next tells
            self.line.send(message)

    def has_ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def died_of(self) -> int:
        """The signal that ended it, 0 for none; it is known once it is dead, which is soon."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        return max(0, -(self._process.returncode or 0))

    def fate(self) -> str:
        """How it ended, for a message."""
        signal = self.died_of()
        return f"signal {signal}" if signal else f"exit code {self._process.returncode}"

    def stop(self) -> None:
        """Kill it, stopped or not; its line says so, and its launcher dies with it."""
        self._process.kill()

    def close(self) -> None:
        """Hang up, so that it ends, and its launcher with it."""
        self.line.close()
        self.died_of()
        self.kill()

    def kill(self) -> int:
        """Kill it, and forget it. Returns the signal that it died of, 0 for none."""
        self.stop()
        died_of = self.died_of()
        self.line.close()
        life, self._life = self._life, None
        if life is not None:
            os.close(life)
        return died_of


def _open(fd: int) -> int:
    """The descriptor, or what stands for one that was closed: a library may write there."""
    try:
        os.fstat(fd)
    except OSError:
        return subprocess.DEVNULL
    return fd


def _finds_us() -> bool:
    """Whether a clean interpreter finds this grader."""
    look = [*interpreters.command(), "-c", "import grader.boundary.twin_start"]
    environment = interpreters.environment()
    return not subprocess.run(look, env=environment, check=False, capture_output=True).returncode

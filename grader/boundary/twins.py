"""A trusted process and its launcher are twins: one clean interpreter, which forks.

It imports the libraries once for both, forks the launcher while it knows nothing (`twin_start`),
and becomes the trusted process only then, when it is told what for:

    twin = Twin("room.module:serve", assignment, preload=("numpy", "torch"))
    twin.line.send(job)  # serve(line, launcher, assignment) has the other end
    signal_that_ended_it = twin.kill()
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from grader.boundary import interpreters


@dataclass(frozen=True)
class Surroundings:
    """What a new interpreter of ours does not have of the process that starts it."""

    environment: dict[str, str]
    path: list[str]
    writes_bytecode: bool

    @classmethod
    def ours(cls) -> Surroundings:
        """Those of this process."""
        return cls(dict(os.environ), list(sys.path), not sys.dont_write_bytecode)

    def enter(self) -> None:
        """Have them in this process, which goes on with one thread."""
        os.environ.clear()
        os.environ.update({**self.environment, **interpreters.ONE_THREAD})
        sys.path[:] = self.path
        sys.dont_write_bytecode = not self.writes_bytecode


class Twin:
    """A process that runs `target(line, launcher, *arguments)`; `line` is our end of its line.

    `target` is `module:function`, which only that process imports. It ends when we do, however that
    is. With `core` it stays on that one, and so do its launcher and guests. What it could not start
    with comes over the line: a `PlatformError`.
    """

    def __init__(
        self,
        target: str,
        *arguments: Any,
        preload: Sequence[str],
        core: int | None = None,
    ) -> None:
        ours, theirs = socket.socketpair()
        life, life_of_ours = os.pipe()
        self._life: int | None = life_of_ours
        words = [str(theirs.fileno()), str(life), "-" if core is None else str(core)]
        with theirs:
            self._process = subprocess.Popen(
                [*interpreters.command(), "-m", "grader.boundary.twin_start", *words, *preload],
                pass_fds=[theirs.fileno(), life],
                env={**interpreters.environment(), "TMPDIR": tempfile.gettempdir()},
                stdin=subprocess.DEVNULL,
                process_group=0,  # what Ctrl-C means is our matter
            )
        os.close(life)
        self.line = Connection(ours.detach())
        with contextlib.suppress(OSError):  # it died; whoever listens will hear so
            self.line.send(Surroundings.ours())
            self.line.send((target, arguments))

    def has_ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def died_of(self) -> int:
        """The signal that ended it, 0 for none; it is known once it is dead, which is soon."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        return max(0, -(self._process.returncode or 0))

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

"""How a grading process starts, from the batch's side: on Linux with its launcher (`paired`)."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from multiprocessing.connection import Connection
from typing import Protocol

from grader.boundary.launchers import clean_process, scratch_folder
from grader.errors import PlatformError
from grader.grading import worker
from grader.grading.worker import Surroundings


class Started(Protocol):
    """A grading process that will serve the other end of `connection` (`worker.main`)."""

    connection: Connection
    surroundings: Surroundings | None  # that it must be told

    def refuse_not_found(self) -> None:
        """Raise `PlatformError` if it has ended because it cannot find the grader."""

    def ended_within(self, seconds: float) -> int:
        """Its exit code once it has ended, a signal as a negative number; 0 if it goes on."""

    def kill(self) -> None:
        """End it; the connection says so."""

    def close(self) -> None:
        """End it, and remove what it leaves."""


def started(preload: tuple[str, ...], core: int | None) -> Started:
    """A grading process that comes up while its caller goes on."""
    return _Paired(preload, core) if sys.platform == "linux" else _Spawned()


class _Paired:
    def __init__(self, preload: tuple[str, ...], core: int | None) -> None:
        self.surroundings: Surroundings | None = Surroundings.ours()
        self._scratch = scratch_folder()  # of its guests
        self.connection, theirs = multiprocessing.Pipe()
        words = [str(theirs.fileno()), str(os.getpid()), "" if core is None else str(core)]
        with theirs:
            self._process = clean_process(
                "grader.grading.engines.paired", [*words, *preload], theirs.fileno(), self._scratch
            )

    def refuse_not_found(self) -> None:
        if self.ended_within(10) == 1:
            raise PlatformError("error.not_found_by_launcher")

    def ended_within(self, seconds: float) -> int:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return 0

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self.kill()
        self._process.wait()
        self.connection.close()
        self._scratch.remove()


class _Spawned:
    surroundings: Surroundings | None = None  # it has the batch's own

    def __init__(self) -> None:
        # spawn: a worker must not inherit the batch's open files, threads or progress bar
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=worker.main, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def refuse_not_found(self) -> None:
        """It has the batch's own path."""

    def ended_within(self, seconds: float) -> int:
        self._process.join(seconds)
        return self._process.exitcode or 0

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self.kill()
        self._process.join()
        self.connection.close()

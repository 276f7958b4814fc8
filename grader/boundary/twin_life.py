"""What the trusted twin does once it has forked: it says so, hears what to be, and is it."""

from __future__ import annotations

import pkgutil
import socket
from contextlib import closing
from multiprocessing.connection import Connection
from typing import Protocol

from grader.boundary.launchers import ForkLauncher, Launcher, Process, SpawnLauncher
from grader.errors import PlatformError


class Fork(Process, Protocol):
    """A process that will be a launcher."""

    def wake(self, control: socket.socket, folder: str) -> None:
        """Be it, with this socket, and guests' folders below that one."""


def live(line: int, preload: tuple[str, ...], forked: Fork | None, failed: str) -> None:
    """`failed` is why a library could not be imported, "" if they all are here."""
    ours = Connection(line)
    try:
        if failed:
            raise PlatformError("error.launcher_gone", reason=failed)
        own: Launcher = _ForkedLauncher(preload, forked) if forked else SpawnLauncher(preload)
    except PlatformError as error:
        ours.send(error)
        return
    with closing(own):
        ours.send("")
        try:
            ours.recv().enter()
        except PlatformError as error:
            ours.send(error)
            return
        target, arguments = ours.recv()
        pkgutil.resolve_name(target)(ours, own, *arguments)


class _ForkedLauncher(ForkLauncher):
    """One whose process is forked already."""

    def __init__(self, preload: tuple[str, ...], forked: Fork) -> None:
        self._forked = forked
        super().__init__(preload)

    def _start(self, theirs: socket.socket) -> Process:
        self._forked.wake(theirs, str(self._scratch.folder))
        return self._forked

"""Launchers, from the trusted side: they start guests, end them, and tell how they ended.

launcher = ForkLauncher(("numpy", "torch"))
channel = launcher.open(limits, rules)
raw = channel.ask(question, deadline)
how_it_ended = channel.end()
launcher.close()
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing.connection import wait
from typing import IO, Any, Protocol

from grader.boundary import interpreters
from grader.boundary.channel import Channel, Exit
from grader.boundary.clock import Usage, usage_of
from grader.boundary.scratch import Scratch
from grader.boundary.submitted import Rules
from grader.course.assignment import Limits
from grader.errors import PlatformError

LAUNCHER_START = 120.0


class Launcher(Protocol):
    """Opens channels. `reusable`: one channel may serve several exercises."""

    reusable: bool

    def use_gpu(self, *, wanted: bool) -> None:
        """Guests are opened on a GPU from now, or on none. Without one they stay on the CPU."""

    def open(self, limits: Limits, rules: Rules) -> Channel:
        """A guest of its own, with nothing imported, in which what `rules` forbid does not work."""

    def close(self) -> None:
        """End everything."""


class Process(Protocol):
    """What a launcher's process has of `subprocess.Popen`."""

    @property
    def stderr(self) -> IO[bytes] | None:
        """What it says when it dies."""

    def kill(self) -> None:
        """End it."""

    def wait(self, timeout: float | None = None) -> object:
        """Until it has ended. Raises `subprocess.TimeoutExpired`."""


_CREDENTIALS = struct.Struct("iII")  # struct ucred: process, user and group
_SENDER = "sender"  # of an answer, the process: the kernel's word


def _control_pair() -> tuple[socket.socket, socket.socket]:
    """A socket of ours and one of a launcher's, where the kernel says who sends (man 7 unix).

    It knows a process by the number that it has here, in whatever namespace it lives.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


class ForkLauncher:
    """Linux: a warm interpreter that forks a guest with all its layers in milliseconds.

    Between them stands a template for each set of rules, which are armed in it once. Its guests
    may use the GPU `device`, the name of its file, and `gpu_share` of its memory.
    """

    reusable = False
    module = "grader.boundary.guest.launcher"

    def __init__(self, preload: tuple[str, ...], device: str = "", gpu_share: float = 1.0) -> None:
        self._preload, self._device, self._gpu_share = preload, device, gpu_share
        try:
            self._scratch = Scratch()
        except OSError as error:
            folder = tempfile.gettempdir()
            raise PlatformError("error.cannot_write", file=folder, reason=error.strerror) from None
        ours, theirs = _control_pair()
        self._launcher = ours
        self._templates: dict[Rules, socket.socket] = {}
        self._control = ours  # of the template whose guest is open
        self._has_guest = self._ready = False
        with theirs:
            self._process = self._start(theirs)

    def _start(self, theirs: socket.socket) -> Process:
        words = [str(theirs.fileno()), self._device, *self._preload]
        return subprocess.Popen(
            [*interpreters.command(), "-m", self.module, *words],
            pass_fds=[theirs.fileno()],
            env={**interpreters.environment(), "TMPDIR": str(self._scratch.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def use_gpu(self, *, wanted: bool) -> None:
        """It has one device, or none, for all its guests."""

    def open(self, limits: Limits, rules: Rules) -> Channel:
        """Fork a guest.

        Raises `PlatformError` when the launcher is gone, or something that `rules` forbid works.
        """
        self._speak_with(rules)
        connection, their_connection = socket.socketpair()
        output, their_output = socket.socketpair()
        wish = {
            "memory_mb": limits.memory_mb,
            "cpu_seconds": int(limits.submission_seconds) + 2,
            "threads": limits.threads,
            "scratch_mb": limits.scratch_mb,
            "gpu_share": self._gpu_share,
        }
        fds = [their_connection.fileno(), their_output.fileno()]
        try:
            with self._whole_exchange():
                with their_connection, their_output:
                    self._send({"open": wish}, fds)
                self._has_guest = True
                # one that has died hangs up there, as it does whenever it dies
                told = wait([self._control, connection], LAUNCHER_START)
                usage: Callable[[], Usage] = Usage
                if told != [connection]:
                    usage = partial(usage_of, self._answer()[_SENDER])
        except PlatformError:
            connection.close()
            output.close()
            raise
        return Channel(connection, output, limits.output_kb << 10, self._end_guest, usage)

    def close(self) -> None:
        """End the launcher, and with it whatever it still holds."""
        for control in (*self._templates.values(), self._launcher):
            control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()
        self._scratch.remove()

    def _end_guest(self, grace: float) -> Exit:
        answer = self._ask({"end": grace})
        self._has_guest = False
        status = int(answer["status"])
        return Exit(
            code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            cpu_seconds=float(answer["cpu"]),
        )

    def _speak_with(self, rules: Rules) -> None:
        """Speak with the template that has these rules, a new one if need be."""
        if not self._ready:
            self._answer()
            self._ready = True
        template = self._templates.get(rules)
        if self._has_guest and self._control is not template:  # one at a time
            self._end_guest(0)
        if template is not None:
            self._control = template
            return
        ours, theirs = _control_pair()
        self._control = self._templates[rules] = ours
        with theirs:
            answer = self._ask(rules.to_json(), [theirs.fileno()], to=self._launcher)
        if reason := answer.get("broken"):
            self._templates.pop(rules).close()
            raise PlatformError("error.still_works", reason=reason)

    def _ask(
        self, message: dict[str, Any], fds: Sequence[int] = (), to: socket.socket | None = None
    ) -> dict[str, Any]:
        """Send, and take the template's answer."""
        with self._whole_exchange():
            self._send(message, fds, to)
            return self._answer()

    @contextlib.contextmanager
    def _whole_exchange(self) -> Iterator[None]:
        """The deadline of a check (SIGPROF) waits until the answer is there.

        One that nobody has taken would be taken for that to the next question.
        """
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF})
        try:
            yield
        except OSError:
            raise self._gone() from None
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def _send(
        self, message: dict[str, Any], fds: Sequence[int], to: socket.socket | None = None
    ) -> None:
        socket.send_fds(to or self._control, [json.dumps(message).encode()], fds)

    def _answer(self) -> dict[str, Any]:
        self._control.settimeout(LAUNCHER_START)
        try:
            data, notes, _, _ = self._control.recvmsg(65536, socket.CMSG_SPACE(_CREDENTIALS.size))
        except OSError:
            data = b""
        if not data:
            raise self._gone()
        sender, _, _ = _CREDENTIALS.unpack(notes[0][2])
        return {**json.loads(data), _SENDER: sender}

    def _gone(self) -> PlatformError:
        self._process.kill()
        self._process.wait()
        errors = b""
        if self._process.stderr and not self._process.stderr.closed:
            errors = self._process.stderr.read()
            self._process.stderr.close()
        if b"No module named 'grader'" in errors:  # ours is on PYTHONPATH
            return PlatformError("error.not_found_by_launcher")
        last = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["-"]
        return PlatformError("error.launcher_gone", reason=last[0])


class SpawnLauncher:
    """Any system: a new interpreter a channel, which may serve several exercises."""

    reusable = True

    def __init__(self, preload: tuple[str, ...]) -> None:
        self._preload = preload

    def use_gpu(self, *, wanted: bool) -> None:
        """Here is no GPU for anybody."""

    def open(self, limits: Limits, rules: Rules) -> Channel:
        """Start an interpreter; hand it its two sockets, what to import, and what to forbid."""
        connection, their_connection = socket.socketpair()
        output, their_output = socket.socketpair()
        theirs = [their_connection, their_output]
        process = subprocess.Popen(
            [*interpreters.command(), "-m", "grader.boundary.guest.standalone"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=interpreters.environment(),
            pass_fds=() if sys.platform == "win32" else [s.fileno() for s in theirs],
        )
        words = [_handover(s, process.pid) for s in theirs]
        if process.stdin:
            told = json.dumps({"preload": self._preload, "rules": rules.to_json()})
            process.stdin.write(f"{' '.join(words)}\n{told}\n".encode())
            process.stdin.flush()
        for their_socket in theirs:
            their_socket.close()

        started = time.monotonic()

        def usage() -> Usage:
            # no system tells it in the same way: here the wall clock is the measure
            return Usage(cpu=time.monotonic() - started)

        def end(grace: float) -> Exit:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=grace)
            process.kill()
            code = process.wait()
            if process.stdin:
                process.stdin.close()
            return Exit(max(code, 0), max(-code, 0), usage().cpu)

        return Channel(connection, output, limits.output_kb << 10, end, usage)

    def close(self) -> None:
        """Nothing outlives its channel."""


def launcher_for(preload: tuple[str, ...]) -> Launcher:
    """The best launcher that this system has."""
    return ForkLauncher(preload) if sys.platform == "linux" else SpawnLauncher(preload)


def _handover(their_socket: socket.socket, pid: int) -> str:
    if sys.platform == "win32":
        return base64.b64encode(their_socket.share(pid)).decode()
    return str(their_socket.fileno())

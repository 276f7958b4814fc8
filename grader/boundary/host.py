"""The trusted end: starts launchers and guests, talks to a guest against a deadline, kills.

    with ForkLauncher(["numpy", "torch"]) as launcher:
        session = launcher.open(limits)
        reply, output = session.exchange(request, seconds=1.0)
        how_it_ended = session.end()

A session never waits on the student's goodwill: every exchange has a deadline, every frame a
size, and what the student prints is drained and cut.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from grader.assignment import Limits
from grader.boundary import wire
from grader.errors import PlatformError

# How long a guest that hung up may take until its own exit status is seen.
GRACE_SECONDS = 0.5
START_SECONDS = 120.0
CHUNK = 1 << 18


class DeadlineMissed(Exception):
    """No whole reply in time."""


class HungUp(Exception):
    """The guest closed its end: it crashed, exited, or was killed."""


class ProtocolBroken(Exception):
    """The guest sent what the protocol does not allow."""


@dataclass(frozen=True)
class Exit:
    """How a guest ended: exit code or signal (0: it had to be told), CPU seconds, peak memory."""

    code: int
    signal: int
    cpu_seconds: float
    memory_kb: int


class Launcher(Protocol):
    """Opens sessions. `reusable`: one session may serve several exercises."""

    reusable: bool

    def open(self, limits: Limits) -> Session:
        """A guest of its own, confined, with nothing imported."""

    def close(self) -> None:
        """End everything."""


class Session:
    """One guest, seen from the trusted side."""

    def __init__(
        self,
        connection: socket.socket,
        output: socket.socket,
        output_limit: int,
        end: Callable[[float], Exit],
    ) -> None:
        self._connection, self._output = connection, output
        self._output_limit = output_limit
        self._end = end
        self._number = 0
        self._printed = bytearray()
        connection.setblocking(False)
        output.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(output, selectors.EVENT_READ)
        self._selector.register(connection, selectors.EVENT_READ)

    def exchange(self, request: tuple[Any, ...], seconds: float, handle: wire.Import) -> Any:
        """Send one request, wait for its reply at most `seconds`.

        Raises `DeadlineMissed`, `HungUp`, `ProtocolBroken`; `wire.NotPlain` for a bad argument.
        """
        self._refuse_unasked()
        self._number += 1
        frame = memoryview(wire.encode((self._number, *request), _export_handle))
        header, body = self._transfer(frame, time.monotonic() + seconds)
        try:
            reply = wire.decode(header, body, handle)
        except wire.WireError as error:
            raise ProtocolBroken(str(error)) from None
        if type(reply) is not tuple or len(reply) < 2 or reply[0] != self._number:
            raise ProtocolBroken("a reply to another request")
        return reply[1:]

    def take_output(self) -> str:
        """What was printed since the last call, cut to the limit."""
        self._drain()
        text = self._printed.decode("utf-8", "replace")
        self._printed.clear()
        return text

    def end(self, hung_up: bool = False) -> Exit:
        """Kill the guest and all its descendants."""
        self._selector.close()
        self._connection.close()
        self._output.close()
        return self._end(GRACE_SECONDS if hung_up else 0.0)

    def _transfer(self, frame: memoryview, deadline: float) -> tuple[bytes, bytes]:
        received = bytearray()
        wanted = wire.PREFIX.size
        header_length = 0
        self._selector.modify(self._connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while True:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise DeadlineMissed
            for key, events in self._selector.select(remaining):
                if key.fileobj is self._output:
                    self._drain()
                    continue
                if events & selectors.EVENT_WRITE:
                    frame = frame[self._send(frame) :]
                    if not frame:
                        self._selector.modify(self._connection, selectors.EVENT_READ)
                if events & selectors.EVENT_READ:
                    received += self._receive(wanted - len(received))
            if len(received) == wanted and not header_length:
                header_length, body_length = self._sizes(bytes(received))
                wanted += header_length + body_length
            if len(received) == wanted:
                middle = wire.PREFIX.size + header_length
                return bytes(received[wire.PREFIX.size : middle]), bytes(received[middle:])

    def _sizes(self, prefix: bytes) -> tuple[int, int]:
        try:
            header, body = wire.sizes(prefix)
        except wire.WireError as error:
            raise ProtocolBroken(str(error)) from None
        if not header:
            raise ProtocolBroken("an empty header")
        return header, body

    def _refuse_unasked(self) -> None:
        """Nothing may lie there before the question: a forged reply, or the end of the guest."""
        try:
            waiting = self._connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            waiting = b""
        if waiting:
            raise ProtocolBroken("an answer before the question")
        raise HungUp

    def _send(self, frame: memoryview) -> int:
        try:
            return self._connection.send(frame[:CHUNK])
        except BlockingIOError:
            return 0
        except OSError:
            raise HungUp from None

    def _receive(self, wanted: int) -> bytes:
        try:
            data = self._connection.recv(min(wanted, CHUNK))
        except BlockingIOError:
            return b""
        except OSError:
            raise HungUp from None
        if not data:
            raise HungUp
        return data

    def _drain(self) -> None:
        """Read what was printed, without end for a guest that prints without end."""
        for _ in range(16):
            try:
                data = self._output.recv(CHUNK)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                with contextlib.suppress(KeyError, ValueError):
                    self._selector.unregister(self._output)
                return
            self._printed += data[: self._output_limit - len(self._printed)]


class ForkLauncher:
    """Linux: a warm interpreter that forks a confined guest in milliseconds."""

    reusable = False

    def __init__(self, preload: tuple[str, ...]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self._ready = False
        module = "grader.boundary.guest.launcher"
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-B", "-m", module, str(theirs.fileno()), *preload],
            pass_fds=[theirs.fileno()],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        theirs.close()

    def open(self, limits: Limits) -> Session:
        """Fork a guest. Raises `PlatformError` when the launcher is gone."""
        self._wait_until_ready()
        connection, their_connection = socket.socketpair()
        output, their_output = socket.socketpair()
        wish = {
            "memory_mb": limits.memory_mb,
            "cpu_seconds": int(limits.submission_seconds) + 2,
        }
        fds = [their_connection.fileno(), their_output.fileno()]
        try:
            with their_connection, their_output:
                self._send({"open": wish}, fds)
                self._answer()
        except PlatformError:
            connection.close()
            output.close()
            raise
        return Session(connection, output, limits.output_kb << 10, self._end_guest)

    def close(self) -> None:
        """End the launcher, and with it whatever it still holds."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()

    def _end_guest(self, grace: float) -> Exit:
        self._send({"end": grace}, [])
        answer = self._answer()
        status = int(answer["status"])
        return Exit(
            code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            cpu_seconds=float(answer["cpu"]),
            memory_kb=int(answer["memory_kb"]),
        )

    def _wait_until_ready(self) -> None:
        if not self._ready:
            self._answer()
            self._ready = True

    def _send(self, message: dict[str, Any], fds: list[int]) -> None:
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], fds)
        except OSError:
            raise self._gone() from None

    def _answer(self) -> dict[str, Any]:
        self._control.settimeout(START_SECONDS)
        try:
            data = self._control.recv(65536)
        except OSError:
            data = b""
        if not data:
            raise self._gone()
        return dict(json.loads(data))

    def _gone(self) -> PlatformError:
        self._process.kill()
        self._process.wait()
        errors = b""
        if self._process.stderr and not self._process.stderr.closed:
            errors = self._process.stderr.read()
            self._process.stderr.close()
        last = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["-"]
        return PlatformError("error.launcher_gone", reason=last[0])


class SpawnLauncher:
    """Any system: a new interpreter a session, which may serve several exercises."""

    reusable = True

    def open(self, limits: Limits) -> Session:
        """Start an interpreter and hand it its two sockets."""
        connection, their_connection = socket.socketpair()
        output, their_output = socket.socketpair()
        theirs = [their_connection, their_output]
        process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-B", "-m", "grader.boundary.guest.standalone"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            pass_fds=() if sys.platform == "win32" else [s.fileno() for s in theirs],
        )
        words = [_handover(s, process.pid) for s in theirs]
        if process.stdin:
            process.stdin.write((" ".join(words) + "\n").encode())
            process.stdin.flush()
        for their_socket in theirs:
            their_socket.close()

        def end(grace: float) -> Exit:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=grace)
            process.kill()
            code = process.wait()
            if process.stdin:
                process.stdin.close()
            return Exit(max(code, 0), max(-code, 0), 0.0, 0)

        return Session(connection, output, limits.output_kb << 10, end)

    def close(self) -> None:
        """Nothing outlives its session."""


def launcher_for(preload: tuple[str, ...]) -> Launcher:
    """The best launcher that this system has."""
    return ForkLauncher(preload) if sys.platform == "linux" else SpawnLauncher()


def _export_handle(value: Any) -> dict[str, Any]:
    """A proxy goes back as the number of its object."""
    number = getattr(type(value), "handle_number", None)
    if number is None:
        return wire.no_handles(value)
    return {"t": "handle", "i": number(value), "k": ""}


def _handover(their_socket: socket.socket, pid: int) -> str:
    if sys.platform == "win32":
        return base64.b64encode(their_socket.share(pid)).decode()
    return str(their_socket.fileno())


def _environment() -> dict[str, str]:
    """Nothing of ours but what an interpreter needs to start, and one thread."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {
        **kept,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
    }

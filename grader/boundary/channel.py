"""One guest, seen from the trusted side: requests against a deadline, what was printed, the end.

A channel never waits on the student's goodwill: every exchange has a deadline, every frame a
size, and what the student prints is drained and cut.
"""

from __future__ import annotations

import contextlib
import hashlib
import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.boundary import wire
from grader.boundary.clock import Deadline, Usage

# How long a guest that hung up may take until its own exit status is seen.
GRACE_SECONDS = 0.5
CHUNK = 1 << 18


class HungUp(Exception):
    """The guest closed its end: it crashed, exited, or was killed."""


class ProtocolBroken(Exception):
    """The guest sent what the protocol does not allow."""


@dataclass(frozen=True)
class Exit:
    """How a guest ended: exit code or signal (0: it had to be told), CPU seconds."""

    code: int
    signal: int
    cpu_seconds: float


@dataclass(frozen=True)
class RawReply:
    """A reply as it came: nothing in it has been looked at."""

    number: int  # that it must repeat
    header: bytes
    body: bytes

    @classmethod
    def of(cls, *reply: Any) -> RawReply:
        """As a guest would send it."""
        return cls(1, *wire.parts(wire.encode((1, *reply))))

    def digest(self) -> bytes | None:
        """Names what it says, whatever its number: replies of one digest have one value.

        None for a reply that is written in another way than `wire.encode` does it, and for one
        that tells of forbidden names.
        """
        rest = wire.take_from_front(self.header, self.number)
        if rest is None or not rest.endswith(b",[]]}]"):
            return None
        digest = hashlib.blake2b(rest, digest_size=32)
        digest.update(self.body)
        return digest.digest()


class Channel:
    """One guest, seen from the trusted side."""

    def __init__(
        self,
        connection: socket.socket,
        output: socket.socket,
        output_limit: int,
        end: Callable[[float], Exit],
        usage: Callable[[], Usage],
    ) -> None:
        self._connection, self._output = connection, output
        self._output_limit = output_limit
        self._end = end
        self._usage = usage
        self._told: Usage | None = None  # what it had used when it was last asked
        self._answering = False
        self._number = 0
        self._printed = bytearray()
        connection.setblocking(False)
        output.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(output, selectors.EVENT_READ)
        self._selector.register(connection, selectors.EVENT_READ)

    def ask(
        self, question: bytes, deadline: Deadline, begin: tuple[int | str, ...] = ()
    ) -> RawReply:
        """Send the frame of a request, after `begin` in the same frame; its reply, unread.

        Raises `DeadlineMissed`, `HungUp`, `ProtocolBroken`.
        """
        self._refuse_unasked()
        self._number += 1
        frame = memoryview(wire.put_in_front(question, (self._number, *begin)))
        deadline.begin()
        self._answering, self._told = True, None
        try:
            return RawReply(self._number, *self._transfer(frame, deadline))
        finally:
            self._answering = False
            deadline.end()

    def usage(self) -> Usage:
        """What the guest has used until now.

        Between two requests it waits for us, and need not be looked at again. What a thread of the
        student's does meanwhile is charged with the next request.
        """
        if self._answering:
            return self._usage()
        if self._told is None:
            self._told = self._usage()
        return self._told

    @staticmethod
    def read(raw: RawReply, handle: wire.Import | None) -> Any:
        """The value of a reply, without its number. Raises `ProtocolBroken`."""
        try:
            reply = wire.decode(raw.header, raw.body, handle)
        except wire.WireError as error:
            raise ProtocolBroken(str(error)) from None
        if type(reply) is not tuple or len(reply) < 2:
            raise ProtocolBroken("a reply of another form")
        if type(reply[0]) is not int or reply[0] != raw.number:  # an array has no one answer
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

    def _transfer(self, frame: memoryview, deadline: Deadline) -> tuple[bytes, bytes]:
        received = bytearray()
        wanted = wire.PREFIX.size
        header_length = 0
        frame = frame[self._send(frame) :]
        if frame:  # most requests leave at once
            self._selector.modify(self._connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while True:
            for key, events in self._selector.select(deadline.left()):
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
                if frame:
                    raise ProtocolBroken("an answer before the whole question")
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


def export_handle(value: Any) -> dict[str, Any]:
    """A handle goes back as the number of its object."""
    number = getattr(type(value), "handle_number", None)
    if number is None:
        return wire.no_handles(value)
    return {"t": "handle", "i": number(value), "k": ""}

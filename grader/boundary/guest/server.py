"""The guest's loop: read a request, do it, send the reply (see `grader.boundary.replies`)."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Callable
from typing import Any

from grader.boundary import wire
from grader.boundary.guest import cuda, exceptions, verbs
from grader.boundary.guest.layers import Layers
from grader.boundary.guest.uses import Use


def serve(
    connection: socket.socket,
    layers: Layers,
    take_uses: Callable[[], list[Use]],
    device: str = cuda.CPU,
) -> None:
    """Answer requests until the trusted side hangs up.

    `take_uses` gives the forbidden names that were used since the last time; `device` is the name
    of what this process computes on.
    """
    server = Server(layers, device)
    stream = connection.makefile("rb")
    while prefix := stream.read(wire.PREFIX.size):
        header, body = wire.sizes(prefix)
        request = wire.decode(stream.read(header), stream.read(body), server.resolve)
        number, verb, *arguments = request
        reply = server.answer(verb, arguments)
        uses = server.concerning(take_uses())
        for file in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                file.flush()
        connection.sendall(server.encode(number, reply, uses))


class Server:
    """One guest: requests to replies, replies to frames."""

    def __init__(self, layers: Layers, device: str) -> None:
        self._held = verbs.Held(layers, device)

    def answer(self, verb: str, arguments: list[Any]) -> tuple[Any, ...]:
        """Do one request. Whatever the student's code raises becomes a reply."""
        try:
            if verb == "begin":  # the first request of a check
                seed, verb, *arguments = arguments
                self._held.begin(seed)
            return verbs.VERBS[verb](self._held, *self._held.placed(arguments))
        except BaseException as error:
            return ("raised", exceptions.describe(error, self._held.package))

    def concerning(self, uses: list[Use]) -> list[Use]:
        """Those that may be a slip of the exercise that is checked."""
        stand_ins = self._held.stand_ins
        return stand_ins.concerning(uses) if stand_ins else uses

    def encode(self, number: int, reply: tuple[Any, ...], used: list[Use]) -> bytes:
        """The frame of a reply; what cannot cross is replaced by the reason."""
        uses = [use.to_wire() for use in used]
        try:
            return wire.encode((number, *reply, uses), self._held.export)
        except wire.NotPlain as reason:
            return wire.encode((number, "unreadable", str(reason), uses))
        except BaseException as error:
            return wire.encode((number, "unreadable", type(error).__name__, uses))

    def resolve(self, number: int, _: str) -> Any:
        """The object behind a handle that came back."""
        return self._held.objects[number]

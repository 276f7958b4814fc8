"""The guest's loop: read a request, do it, send the reply.

Requests and replies are tuples on the wire. A request begins with its number and the reply
repeats it; a reply ends with the forbidden names that were used (see `watch`). The replies:

    (n, "value", value, uses)              plain data or a handle
    (n, "callable", uses)                  the attribute can be called
    (n, "raised", error, uses)             the student's code raised; see `_describe`
    (n, "unreadable", reason, uses)        the result cannot cross
    (n, "missing", name, uses)             no such module or attribute
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import inspect
import os
import random
import socket
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

from grader.boundary import wire
from grader.boundary.guest import derivatives
from grader.boundary.guest.forbidden_calls import Watch
from grader.boundary.guest.forbidden_source import uses_in_source
from grader.boundary.guest.importer import Package
from grader.boundary.guest.jail import Jail
from grader.boundary.guest.uses import Use

MAX_TEXT = 4000
MAX_FRAMES = 20


def serve(connection: socket.socket, jail: Jail) -> None:
    """Answer requests until the trusted side hangs up."""
    server = Server(jail)
    stream = connection.makefile("rb")
    while prefix := stream.read(wire.PREFIX.size):
        header, body = wire.sizes(prefix)
        request = wire.decode(stream.read(header), stream.read(body), server.resolve)
        number, verb, *arguments = request
        reply, uses = server.answer(verb, arguments), server.take_uses()
        for file in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                file.flush()
        connection.sendall(server.encode(number, reply, uses))


class Server:
    """The objects of one exercise, and the verbs that act on them."""

    def __init__(self, jail: Jail) -> None:
        self._jail = jail
        self._package = ""
        self._watch = Watch("", {}, [])
        self._objects: list[Any] = []

    def answer(self, verb: str, arguments: list[Any]) -> tuple[Any, ...]:
        """Do one request. Whatever the student's code raises becomes a reply."""
        try:
            self._watch.torch()
            return getattr(self, f"_do_{verb}")(*arguments)  # type: ignore[no-any-return]
        except BaseException as error:
            return ("raised", _describe(error, self._package))

    def take_uses(self) -> list[Use]:
        """Forbidden names that were used in this request."""
        return self._watch.take_uses()

    def encode(self, number: int, reply: tuple[Any, ...], used: list[Use]) -> bytes:
        """The frame of a reply; what cannot cross is replaced by the reason."""
        uses = [use.to_wire() for use in used]
        try:
            return wire.encode((number, *reply, uses), self._export)
        except wire.NotPlain as reason:
            return wire.encode((number, "unreadable", str(reason), uses))
        except BaseException as error:
            return wire.encode((number, "unreadable", type(error).__name__, uses))

    def resolve(self, number: int, _: str) -> Any:
        """The object behind a handle that came back."""
        return self._objects[number]

    def _export(self, value: Any) -> dict[str, Any]:
        if type(value) is _Kept:
            value = value.value
        self._objects.append(value)
        return {"t": "handle", "i": len(self._objects) - 1, "k": type(value).__name__[:100]}

    def _do_load(
        self,
        package: str,
        files: dict[str, bytes],
        rules: dict[str, list[str]],
        allowed: list[str],
        with_survey: bool,
    ) -> tuple[Any, ...]:
        """Take the submission. `rules`: file -> forbidden names, found by reading if asked to."""
        found: list[Use] = []
        for name, names in rules.items() if with_survey else ():
            # a file that is no Python fails again, with its message, when it is imported
            with contextlib.suppress(SyntaxError, ValueError):
                found += uses_in_source(files[name], name, package, names, allowed)
        self._package = package
        Package(package, files).install()
        self._watch = Watch(package, rules, allowed)
        self._watch.imports()
        jail = self._jail
        uses = [use.to_wire() for use in found]
        return ("value", {"uses": uses, "layers": jail.layers, "missing": jail.missing})

    def _do_begin(self, seed: int, verb: str, *arguments: Any) -> tuple[Any, ...]:
        """The first request of a check: no objects of the last one, generators as on day one."""
        self._objects.clear()
        seed_generators(seed)
        return self.answer(verb, list(arguments))

    def _do_import(self, module: str) -> tuple[Any, ...]:
        importlib.import_module(f"{self._package}.{module}")
        return ("value", None)

    def _do_get(self, owner: Any, name: str) -> tuple[Any, ...]:
        try:
            value = getattr(self._owner(owner), name)
        except AttributeError:
            if hasattr(type(self._owner(owner)), name):
                raise  # a property of the student's own that failed
            return ("missing", name)
        # a torch module inside another can be called too, but has attributes to be asked for
        function = isinstance(owner, str) or inspect.isroutine(value) or inspect.isclass(value)
        return ("callable",) if callable(value) and function else ("value", value)

    def _do_call(
        self, owner: Any, name: str, args: tuple[Any, ...], kwargs: Any
    ) -> tuple[Any, ...]:
        return ("value", self._function(owner, name)(*args, **kwargs))

    def _do_with_arguments(
        self, owner: Any, name: str, args: tuple[Any, ...], kwargs: Any
    ) -> tuple[Any, ...]:
        """The result together with the arguments as they are after the call."""
        result = self._function(owner, name)(*args, **kwargs)
        return ("value", (result, list(args)))

    def _do_map(self, owner: Any, name: str, calls: list[tuple[Any, ...]]) -> tuple[Any, ...]:
        function = self._function(owner, name)
        return ("value", [function(*args) for args in calls])

    def _do_gradients(
        self, owner: Any, name: str, args: tuple[Any, ...], kwargs: Any
    ) -> tuple[Any, ...]:
        return ("value", derivatives.gradients(self._function(owner, name), args, kwargs))

    def _do_parameter_gradients(
        self, owner: Any, name: str, args: tuple[Any, ...], kwargs: Any
    ) -> tuple[Any, ...]:
        function = self._function(owner, name)
        found = derivatives.parameter_gradients(self._owner(owner), function, args, kwargs)
        return ("value", found)

    def _do_vjp(
        self,
        owner: Any,
        name: str,
        args: tuple[Any, ...],
        cotangents: list[Any],
        parameters: list[tuple[Any, str]],
    ) -> tuple[Any, ...]:
        function = self._function(owner, name)
        return ("value", derivatives.vjp(function, args, cotangents, parameters))

    def _do_pullback(
        self, owner: Any, name: str, args: tuple[Any, ...], weights: list[Any]
    ) -> tuple[Any, ...]:
        function = self._function(owner, name)
        return ("value", derivatives.pullback(self._owner(owner), function, args, weights))

    def _do_steps(
        self, owner: Any, name: str, args: tuple[Any, ...], kwargs: Any
    ) -> tuple[Any, ...]:
        """The result, and how many instructions of the submission's own Python it took."""
        steps = 0

        def count(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal steps
            if not frame.f_code.co_filename.startswith(f"{self._package}/"):
                return None
            frame.f_trace_opcodes = True
            steps += event == "opcode"
            return count

        function = self._function(owner, name)
        sys.settrace(count)
        try:
            result = function(*args, **kwargs)
        finally:
            sys.settrace(None)
        return ("value", (result, steps))

    def _do_keep(
        self, owner: Any, name: str, args: tuple[Any, ...], part: int | None
    ) -> tuple[Any, ...]:
        """The result, of which all or one part goes out as a handle even if it is plain."""
        result = self._function(owner, name)(*args)
        if part is None:
            return ("value", _Kept(result))
        parts = list(result)
        parts[part] = _Kept(parts[part])
        return ("value", tuple(parts))

    def _do_item(self, owner: Any, key: Any) -> tuple[Any, ...]:
        return ("value", owner[key])

    def _do_length(self, owner: Any) -> tuple[Any, ...]:
        return ("value", len(owner))

    def _do_generators(self, seed: int | None) -> tuple[Any, ...]:
        if seed is not None:
            seed_generators(seed)
        return ("value", _generator_states())

    def _owner(self, owner: Any) -> Any:
        """A module of the package by its name, or an object by its handle."""
        return sys.modules[f"{self._package}.{owner}"] if isinstance(owner, str) else owner

    def _function(self, owner: Any, name: str) -> Callable[..., Any]:
        target = self._owner(owner)
        return getattr(target, name) if name else target  # type: ignore[no-any-return]


class _Kept:
    """Goes out as a handle, whatever it holds."""

    def __init__(self, value: Any) -> None:
        self.value = value


def redirect_output(output: socket.socket) -> None:
    """Everything printed, by Python or below it, goes to `output`; the keyboard is empty."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    os.close(null)
    for name, fd in (("stdout", 1), ("stderr", 2)):
        file = open(fd, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        setattr(sys, name, file)


def seed_generators(seed: int) -> None:
    """Seed the global generators of random, NumPy and torch, of those that are loaded."""
    random.seed(seed)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(seed)
    if torch := sys.modules.get("torch"):
        torch.default_generator.manual_seed(seed)


def _generator_states() -> str:
    """Digest of the states of the global generators of random, NumPy and torch."""
    import numpy as np
    import torch

    digest = hashlib.sha256(repr(random.getstate()).encode())
    digest.update(repr(np.random.get_state(legacy=False)).encode())  # noqa: NPY002 - it is what we watch
    digest.update(torch.get_rng_state().numpy().tobytes())
    return digest.hexdigest()


def _describe(error: BaseException, package: str) -> dict[str, Any]:
    """An exception as plain data: its type, its builtin bases, its text, where it was raised."""
    kind = type(error)
    bases = [base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"]
    try:
        text = str(error)[:MAX_TEXT]
    except BaseException:
        text = ""
    frames = [
        (frame.filename, frame.lineno or 0, frame.name, (frame.line or "")[:200])
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(f"{package}/")
    ][-MAX_FRAMES:]
    if isinstance(error, SyntaxError) and error.filename:
        frames = [(error.filename, error.lineno or 0, "", (error.text or "").strip()[:200])]
        text = str(error.msg)[:MAX_TEXT]
    out_of_memory = isinstance(error, MemoryError) or "can't allocate memory" in text
    return {
        "type": kind.__name__[:100],
        "bases": [] if out_of_memory and kind is RuntimeError else bases,
        "text": text,
        "frames": frames,
        "memory": out_of_memory,
    }

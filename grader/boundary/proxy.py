"""`student` in a check: a mirror of the submission that lives in another process.

    vocabulary = student.features.Vocabulary([["a", "b"]])    # an Object: stays with the student
    assert vocabulary.tokens == ["<unk>", "a", "b"]           # a value: a fresh list
    assert len(vocabulary) == 3

A proxy has no operators: it does not compare, add up, iterate or turn into a number or an
array, so no judgement can be passed to the student's code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from grader.boundary.endings import Ending
from grader.boundary.process import StudentProcess
from grader.records import Message


class Student:
    """The submission: its modules are attributes, and a few helpers for checks."""

    def __init__(self, process: StudentProcess) -> None:
        self._process = process

    def __getattr__(self, name: str) -> Module:
        if name.startswith("__"):
            raise AttributeError(name)
        return Module(self._process, name)

    def with_arguments(
        self, function: Function, *args: Any, **kwargs: Any
    ) -> tuple[Any, list[Any]]:
        """Call, and bring back the result and the arguments as they are after the call."""
        result, after = function.invoke("with_arguments", args, kwargs)
        return result, after

    def map(self, function: Function, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call once for each tuple of arguments, all in one round trip."""
        results = function.invoke("map", list(calls))
        if type(results) is not list or len(results) != len(calls):
            raise Ending("unreadable", Message("protocol"))
        return results

    def gradients(self, function: Function, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        """Value of a scalar function, and its gradient in every float tensor among `args`.

        Forward and backward run in the student's process; an argument that is no float tensor,
        or that the value does not depend on, has the gradient None.
        """
        value, gradients = function.invoke("gradients", args, kwargs)
        return value, gradients

    def generators(self, seed: int | None = None) -> str:
        """Digest of the global generators' states there; with `seed` they are seeded first."""
        digest = self._process.request("generators", seed)[1]
        if type(digest) is not str:
            raise Ending("unreadable", Message("protocol"))
        return digest

    def pullback(
        self, function: Function, args: Sequence[Any], weights: Sequence[Any]
    ) -> tuple[Any, list[Any], dict[str, Any]]:
        """The result of a function of tensors, and gradients of the weighted sum of its entries.

        `weights` holds a tensor for each part of the result (None: it does not count; a result
        that is no tuple is one part). The gradients: one for each argument (None for what is no
        float tensor), and by name those of the parameters of the torch module that was called;
        parameters that are shared come once, frozen ones not at all.
        """
        reply = function.invoke("pullback", tuple(args), list(weights))
        if type(reply) is not tuple or len(reply) != 3:
            raise Ending("unreadable", Message("protocol"))
        result, by_argument, by_name = reply
        if type(by_argument) is not list or len(by_argument) != len(args):
            raise Ending("unreadable", Message("protocol"))
        if type(by_name) is not dict:
            raise Ending("unreadable", Message("protocol"))
        return result, by_argument, by_name

    def keep(self, function: Function, args: Sequence[Any], part: int | None = None) -> Any:
        """Call, and leave the result there: an Object, even if it is plain.

        With `part` only that item of a tuple stays. For a state whose type is the student's own
        business: a named tuple would come back as a tuple without names.
        """
        return function.invoke("keep", tuple(args), part)


class Module:
    """A module of the submission. It is imported at the first use of one of its names."""

    def __init__(self, process: StudentProcess, name: str) -> None:
        self._process, self._name = process, name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        reply = self._process.attribute(self._name, name)
        if reply[0] == "missing":
            fields = {"name": name, "file": f"{self._name}.py"}
            raise Ending("unanswered", Message("missing", fields))
        return reply[1] if reply[0] == "value" else Function(self._process, self._name, name)

    def __repr__(self) -> str:
        return f"<the student's module {self._name}>"


class Function:
    """A function, class or method of the submission."""

    def __init__(self, process: StudentProcess, owner: Any, name: str) -> None:
        self._process, self._owner, self._name = process, owner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there."""
        return self.invoke("call", args, kwargs)

    def invoke(self, verb: str, *arguments: Any) -> Any:
        """Call by another verb of the guest (see `grader.boundary.guest.server`)."""
        return self._process.request(verb, self._owner, self._name, *arguments)[1]

    def __repr__(self) -> str:
        return f"<the student's {self._name}>"


class Object:
    """An object that stays in the student's process."""

    def __init__(self, process: StudentProcess, number: int, kind: str) -> None:
        self._process, self._number, self._kind = process, number, kind

    def handle_number(self) -> int:
        """How the wire names the object when it goes back as an argument."""
        return self._number

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        reply = self._process.request("get", self, name)
        if reply[0] == "missing":
            fields = {"name": name, "kind": self._kind}
            raise Ending("raised", Message("missing_attribute", fields))
        return reply[1] if reply[0] == "value" else Function(self._process, self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there."""
        return self._process.request("call", self, "", args, kwargs)[1]

    def __getitem__(self, key: Any) -> Any:
        return self._process.request("item", self, key)[1]

    def __len__(self) -> int:
        length = self._process.request("length", self)[1]
        if type(length) is not int or length < 0:
            raise Ending("unreadable", Message("protocol"))
        return length

    def __repr__(self) -> str:
        return f"<the student's object of type {self._kind}>"

    def _not_plain(self, *_: Any) -> NoReturn:
        text = f"an object of type {self._kind} came where a plain value was expected"
        raise Ending("unreadable", Message("unreadable", {"text": text}))

    __iter__ = __bool__ = __float__ = __int__ = __index__ = __contains__ = _not_plain
    __array__ = __lt__ = __le__ = __gt__ = __ge__ = __add__ = __sub__ = __mul__ = _not_plain

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
from grader.boundary.guests import StudentProcess
from grader.records.outcome import Outcome
from grader.records.record import Message


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
        return _value_and_list(function.invoke("with_arguments", args, kwargs), len(args))

    def map(self, function: Function, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call once for each tuple of arguments, all in one round trip."""
        results = function.invoke("map", list(calls))
        if type(results) is not list or len(results) != len(calls):
            raise Ending(Outcome.UNREADABLE, Message("protocol"))
        return results

    def vjp(
        self,
        function: Function | Object,
        args: Sequence[Any],
        cotangents: Sequence[Any],
        parameters: Sequence[tuple[Object, str]] = (),
    ) -> tuple[Any, list[Any], list[Any]]:
        """The result of `function(*args)`, and its vector-Jacobian products.

        `cotangents` holds a tensor for each float tensor in the result, in order. What comes back
        behind the result are the gradients of sum(cotangent * tensor) by each float tensor in
        `args`, in order and however deep in lists, tuples and dicts it lies, and by each of
        `parameters`, pairs of a torch module and the (dotted) name of a parameter. None stands
        where nothing depends on it.
        """
        reply = function.invoke("vjp", tuple(args), list(cotangents), list(parameters))
        if type(reply) is not tuple or [type(part) for part in reply[1:]] != [list, list]:
            raise Ending(Outcome.UNREADABLE, Message("protocol"))
        return reply

    def gradients(self, function: Function, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        """Value of a scalar function, and its gradient in every float tensor among `args`.

        Forward and backward run in the student's process; an argument that is no float tensor,
        or that the value does not depend on, has the gradient None.
        """
        return _value_and_list(function.invoke("gradients", args, kwargs), len(args))

    def parameter_gradients(
        self, method: Function, *args: Any, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Value of a method of a torch module that gives a scalar, and its gradients.

        The keys are the names of the module's parameters, whatever they are; a parameter that is
        frozen, or that the value does not depend on, has the gradient None.
        """
        reply = method.invoke("parameter_gradients", args, kwargs)
        if type(reply) is not tuple or len(reply) != 2 or type(reply[1]) is not dict:
            raise Ending(Outcome.UNREADABLE, Message("protocol"))
        return reply

    def steps(self, function: Function, *args: Any, **kwargs: Any) -> tuple[Any, int]:
        """The result, and how many instructions of the submission's own Python it took.

        Libraries do not count, so this tells a loop in Python from one operation over everything,
        on any machine. Compare sizes of input, with a generous margin: a count is no measure.
        """
        reply = function.invoke("steps", args, kwargs)
        if type(reply) is not tuple or len(reply) != 2 or type(reply[1]) is not int:
            raise Ending(Outcome.UNREADABLE, Message("protocol"))
        return reply

    def generators(self, seed: int | None = None) -> str:
        """Digest of the global generators' states there; with `seed` they are seeded first."""
        digest = self._process.request("generators", seed)[1]
        if type(digest) is not str:
            raise Ending(Outcome.UNREADABLE, Message("protocol"))
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
            raise Ending(Outcome.UNREADABLE, Message("protocol"))
        result, by_argument, by_name = reply
        if type(by_argument) is not list or len(by_argument) != len(args):
            raise Ending(Outcome.UNREADABLE, Message("protocol"))
        if type(by_name) is not dict:
            raise Ending(Outcome.UNREADABLE, Message("protocol"))
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
            raise Ending(Outcome.UNANSWERED, Message("missing", fields))
        return reply[1] if reply[0] == "value" else Function(self._process, self._name, name)

    def __repr__(self) -> str:
        return f"<the student's module {self._name}>"


class _Unjudged:
    """What stays with the student has no value: every operator ends the check.

    Python's own would compare identity and call any object true, so that `assert one != other`
    or `assert model.converged` passed for whatever came back.
    """

    __slots__ = ()

    def _not_plain(self, *_: Any) -> NoReturn:
        text = f"{self!r} came where a plain value was expected"
        raise Ending(Outcome.UNREADABLE, Message("unreadable", {"text": text}), text)

    __hash__ = object.__hash__
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _not_plain
    __bool__ = __float__ = __int__ = __index__ = __complex__ = __abs__ = __neg__ = _not_plain
    __iter__ = __contains__ = __array__ = __add__ = __sub__ = __mul__ = __truediv__ = _not_plain
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __matmul__ = __rmatmul__ = _not_plain


class Function(_Unjudged):
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


class Object(_Unjudged):
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
            raise Ending(Outcome.RAISED, Message("missing_attribute", fields))
        return reply[1] if reply[0] == "value" else Function(self._process, self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there."""
        return self.invoke("call", args, kwargs)

    def invoke(self, verb: str, *arguments: Any) -> Any:
        """Call it by another verb of the guest, as a `Function`."""
        return self._process.request(verb, self, "", *arguments)[1]

    def __getitem__(self, key: Any) -> Any:
        return self._process.request("item", self, key)[1]

    def __len__(self) -> int:
        length = self._process.request("length", self)[1]
        if type(length) is not int or length < 0:
            raise Ending(Outcome.UNREADABLE, Message("protocol"))
        return length

    def __repr__(self) -> str:
        return f"<the student's object of type {self._kind}>"


def _value_and_list(answer: Any, length: int) -> tuple[Any, list[Any]]:
    """An answer of our own code there, which the student's code may have replaced."""
    if type(answer) is not tuple or len(answer) != 2:
        raise Ending(Outcome.UNREADABLE, Message("protocol"))
    value, items = answer
    if type(items) is not list or len(items) != length:
        raise Ending(Outcome.UNREADABLE, Message("protocol"))
    return value, items

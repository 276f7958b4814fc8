"""`student` in a check: a mirror of the submission that lives in another process.

    vocabulary = student.features.Vocabulary([["a", "b"]])    # an Object: stays with the student
    assert vocabulary.tokens == ["<unk>", "a", "b"]           # a value: a fresh list
    assert len(vocabulary) == 3

A handle has no operators: it does not compare, add up, iterate or turn into a number or an
array, so no judgement can be passed to the student's code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from grader.boundary.endings import Ending
from grader.checking.expect import Unmet
from grader.records.outcome import Outcome
from grader.records.record import Message

_LAZY = {"generator", "map", "filter", "zip", "enumerate"}  # of which a check wants the values


class Answers(Protocol):
    """Where a check's questions go."""

    def attribute(self, module: str, name: str) -> Any:
        """A module's attribute: ("callable",), ("value", v) or ("missing", near names)."""

    def request(self, verb: str, *arguments: Any) -> tuple[Any, ...]:
        """What comes of a verb (see `grader.boundary.replies`): (kind, value). Raises `Ending`."""


@dataclass(frozen=True)
class Gradients:
    """What `student.gradients` brings back.

    `by_argument`: one for each float tensor in the arguments, in order and however deep in lists,
    tuples and dicts it lies; None where nothing depends on it. `by_parameter`: for each module the
    gradients of its parameters by name, zeros where nothing depends on one; shared parameters come
    once, frozen ones not at all.
    """

    result: Any
    by_argument: list[Any]
    by_parameter: list[dict[str, Any]]


class Student:
    """The submission: its modules are attributes, and a few helpers for checks."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Module:
        if name.startswith("__"):
            raise AttributeError(name)
        return Module(self._answers, name)

    def with_arguments(
        self, function: Function, *args: Any, **kwargs: Any
    ) -> tuple[Any, list[Any]]:
        """Call, and bring back the result and the arguments as they are after the call."""
        return function.invoke("with_arguments", args, kwargs)  # type: ignore[no-any-return]

    def map(self, function: Function, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call once for each tuple of arguments, all in one round trip."""
        return function.invoke("map", list(calls))  # type: ignore[no-any-return]

    def gradients(
        self,
        function: Function | Object,
        args: Sequence[Any],
        weights: Sequence[Any] | None = None,
        modules: Sequence[Object] = (),
        **kwargs: Any,
    ) -> Gradients:
        """Call, run backward there, and bring back the result and its gradients.

        `weights` holds a tensor for each float tensor in the result, in order and however deep it
        lies, or None for one that does not count. The gradients are those of the sum of
        weight * tensor; without weights the result must be a single number. They are taken by
        each float tensor in `args` and by each parameter of each of `modules`, which are torch
        modules of the student's. What is passed by keyword gets no gradient. In an exercise that
        forbids autograd, a gradient that there would be is nan.
        """
        asked = None if weights is None else list(weights)
        found = function.invoke("gradients", tuple(args), kwargs, asked, list(modules))
        return Gradients(*found)

    def on_meta(self, function: Function | Object, *args: Any, **kwargs: Any) -> Any:
        """Call on torch's meta device: does all stay on the device of the arguments?

        The tensors in the arguments go there, and so do copies of the modules among them and of the
        module that is called. A tensor made on the CPU by mistake raises where it meets one of
        them, as it would on a machine with a GPU, or comes back and fails the check. Returns the
        result with zeros in its tensors; None where the code reads numbers, which tensors there do
        not have: nothing is decided then.
        """
        result, devices, decided = function.invoke("on_meta", args, kwargs)
        if decided and set(devices) - {"meta"}:
            raise Unmet("device")
        return result if decided else None

    def steps(self, function: Function, *args: Any, **kwargs: Any) -> tuple[Any, int]:
        """Call, and count how many instructions of the submission's own Python it took.

        Libraries do not count, so this tells a loop in Python from one operation over everything,
        on any machine. Compare sizes of input, with a generous margin: a count is no measure.
        """
        return function.invoke("steps", args, kwargs)  # type: ignore[no-any-return]

    def generators(self, seed: int | None = None, *, of_torch: bool = True) -> str:
        """Digest of the global generators' states there; with `seed` they are seeded first.

        `of_torch=False` leaves out torch's, from which the constructors of `nn` draw.
        """
        return self._answers.request("generators", seed, of_torch)[1]  # type: ignore[no-any-return]

    def keep(self, function: Function, args: Sequence[Any], part: int | None = None) -> Any:
        """Call, and leave the result there: an Object, even if it is plain.

        With `part` only that item of a tuple stays. For a state whose type is the student's own
        business: a named tuple would come back as a tuple without names.
        """
        return function.invoke("keep", tuple(args), part)


class Module:
    """A module of the submission. It is imported at the first use of one of its names."""

    def __init__(self, answers: Answers, name: str) -> None:
        self._answers, self._name = answers, name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        reply = self._answers.attribute(self._name, name)
        if reply[0] == "missing":
            fields = {"name": name, "file": f"{self._name}.py"}
            raise Ending(Outcome.UNANSWERED, _missing("missing", fields, reply[1]))
        return reply[1] if reply[0] == "value" else Function(self._answers, self._name, name)

    def __repr__(self) -> str:
        return f"<the student's module {self._name}>"


def _missing(code: str, fields: dict[str, str], near: Sequence[str]) -> Message:
    """That a name is not there, and what is there of a similar one."""
    return (
        Message(f"{code}_near", {**fields, "near": ", ".join(near)})
        if near
        else Message(code, fields)
    )


class _Unjudged:
    """What stays with the student has no value: every operator ends the check.

    Python's own would compare identity and call any object true, so that `assert one != other`
    or `assert model.converged` passed for whatever came back.
    """

    __slots__ = ()

    def _not_plain(self, *_: Any) -> NoReturn:
        self._refuse_lazy()
        text = f"{self!r} came where a plain value was expected"
        raise Ending(Outcome.UNREADABLE, Message("unreadable", {"text": text}), text)

    def _refuse_lazy(self) -> None:
        """Ends the check where this is what a `yield` leaves."""

    __hash__ = object.__hash__
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _not_plain
    __bool__ = __float__ = __int__ = __index__ = __complex__ = __abs__ = __neg__ = _not_plain
    __iter__ = __contains__ = __array__ = __add__ = __sub__ = __mul__ = __truediv__ = _not_plain
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __matmul__ = __rmatmul__ = _not_plain


class Function(_Unjudged):
    """A function, class or method of the submission."""

    def __init__(self, answers: Answers, owner: Any, name: str) -> None:
        self._answers, self._owner, self._name = answers, owner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there."""
        return self.invoke("call", args, kwargs)

    def invoke(self, verb: str, *arguments: Any) -> Any:
        """Call by another verb of the guest (see `grader.boundary.replies`)."""
        return self._answers.request(verb, self._owner, self._name, *arguments)[1]

    def __repr__(self) -> str:
        return f"<the student's {self._name}>"


class Object(_Unjudged):
    """An object that stays in the student's process."""

    def __init__(self, answers: Answers, number: int, kind: str) -> None:
        self._answers, self._number, self._kind = answers, number, kind

    def handle_number(self) -> int:
        """How the wire names the object when it goes back as an argument."""
        return self._number

    def kind_name(self) -> str:
        """The name of its type, in the student's words."""
        return self._kind

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        reply = self._answers.request("get", self, name)
        if reply[0] == "missing":
            fields = {"name": name, "kind": self._kind}
            raise Ending(Outcome.RAISED, _missing("missing_attribute", fields, reply[1]))
        return reply[1] if reply[0] == "value" else Function(self._answers, self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there."""
        return self.invoke("call", args, kwargs)

    def invoke(self, verb: str, *arguments: Any) -> Any:
        """Call it by another verb of the guest, as a `Function`."""
        return self._answers.request(verb, self, "", *arguments)[1]

    def _refuse_lazy(self) -> None:
        if self._kind in _LAZY:
            raise Ending(Outcome.UNREADABLE, Message("returned_lazy", {"kind": self._kind}))

    def __getitem__(self, key: Any) -> Any:
        self._refuse_lazy()
        return self._answers.request("item", self, key)[1]

    def __len__(self) -> int:
        self._refuse_lazy()
        return self._answers.request("length", self)[1]  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<the student's object of type {self._kind}>"

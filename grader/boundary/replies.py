"""The reply protocol in one table, for both ends: the kinds of reply, and the value of each verb.

Requests and replies are tuples on the wire. A request is (n, verb, *arguments), a reply
(n, kind, *beside, uses): it repeats the number, holds what `KINDS` says beside its kind, and ends
with the forbidden names that were used. `VALUES` says for each verb what a reply of the kind
"value" holds: the guest runs beside the student's code, which may have replaced ours, so the
trusted end believes no shape.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

# What stands beside each kind of reply.
KINDS: dict[str, tuple[type, ...]] = {
    "value": (object,),  # plain data or a handle; its shape is the verb's, below
    "callable": (),  # to "get": the attribute can be called
    "missing": (str,),  # to "get": there is no such attribute
    "raised": (dict,),  # the student's code raised (see `grader.boundary.guest.exceptions`)
    "unreadable": (str,),  # the result cannot cross
}
ONLY_TO_GET = {"callable", "missing"}

# What a guest says of itself: its layers, why it lacks others, the device it computes on.
_SELF = {"layers": list, "missing": dict, "device": str}

# Verb -> whether a value is of the verb's shape, given the arguments of the request.
VALUES: dict[str, Callable[..., bool]] = {
    # (package, files, searched, allowed)
    # -> (exercise, use) for each use found by reading, the files each exercise can meet, itself
    "survey": lambda value, *_: _is_dict(value, uses=list, reach=dict, unwritten=dict, **_SELF),
    # (package, files, stand_ins) -> whether code looks behind a call, itself
    "load": lambda value, *_: _is_dict(value, looks_behind=bool, **_SELF),
    # (module) -> None
    "import": lambda value, *_: value is None,
    # (owner, name)
    "get": lambda *_: True,
    # (owner, name, args, kwargs) -> the result
    "call": lambda *_: True,
    # (owner, name, args, kwargs) -> the result, args as they are after the call
    "with_arguments": lambda value, _owner, _name, args, _kwargs: (
        _is_tuple(value, object, list) and len(value[1]) == len(args)
    ),
    # (owner, name, calls) -> the results
    "map": lambda value, _owner, _name, calls: type(value) is list and len(value) == len(calls),
    # (owner, name, args, kwargs, weights, modules)
    # -> the result, a gradient for each float tensor in args, {name: gradient} for each module
    "gradients": lambda value, _owner, _name, args, _kwargs, _weights, modules: (
        _is_tuple(value, object, list, list)
        and len(value[1]) == len(list(float_tensors(args)))
        and [type(item) for item in value[2]] == [dict for _ in modules]
    ),
    # (owner, name, args, kwargs) -> the result, the device of each of its tensors, was it decided
    "on_meta": lambda value, *_: (
        _is_tuple(value, object, list, bool) and all(type(name) is str for name in value[1])
    ),
    # (owner, name, args, kwargs) -> the result, how many instructions it took
    "steps": lambda value, *_: _is_tuple(value, object, int),
    # (owner, name, args, part) -> a handle of the result, or the parts, one of them a handle
    "keep": lambda *_: True,
    # (owner, key)
    "item": lambda *_: True,
    # (owner)
    "length": lambda value, *_: type(value) is int and value >= 0,
    # (seed or None, of torch too) -> a digest of the generators' states
    "generators": lambda value, *_: type(value) is str,
    # () -> the stand-ins that were called since the last time
    "stood_in": lambda value, *_: type(value) is list and all(type(n) is str for n in value),
}


def kind_fits(reply: Any) -> bool:
    """Whether (kind, *beside, uses) is a reply of a known kind with the right things beside it."""
    if type(reply) is not tuple or len(reply) < 2 or type(reply[0]) is not str:
        return False
    kind, *beside, uses = reply
    wanted = KINDS.get(kind)
    return (
        wanted is not None
        and type(uses) is list
        and len(beside) == len(wanted)
        and all(isinstance(*pair) for pair in zip(beside, wanted, strict=True))
    )


def value_fits(verb: str, arguments: Sequence[Any], value: Any) -> bool:
    """Whether a value is what the verb gives for these arguments."""
    return VALUES[verb](value, *arguments)


def float_tensors(value: Any) -> Iterator[Any]:
    """The float tensors in lists, tuples and dicts, in order; none where there is no torch."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from float_tensors(item)
    elif isinstance(value, dict):
        yield from float_tensors(list(value.values()))
    elif _is_float_tensor(value):
        yield value


def _is_float_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor) and value.is_floating_point()


def _is_tuple(value: Any, *kinds: type) -> bool:
    if type(value) is not tuple or len(value) != len(kinds):
        return False
    pairs = zip(value, kinds, strict=True)
    return all(kind is object or type(item) is kind for item, kind in pairs)


def _is_dict(value: Any, **kinds: type) -> bool:
    return type(value) is dict and all(type(value.get(key)) is kind for key, kind in kinds.items())

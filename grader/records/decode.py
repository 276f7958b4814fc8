"""JSON data to a dataclass of ours, each value checked against its field's type.

What lies on a disk can be damaged and still be JSON: a score that is a string must not come as
far as a sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

Reader = Callable[[Any], Any]

_PLAIN = {str, int, bool}


def typed(kind: type[T], data: Any) -> T:
    """`data` as a `kind`: a dataclass of plain values, enums of strings, lists, dicts, options and
    dataclasses.

    Raises `ValueError`, which names the field, for a value of another type, a field that is
    missing or unknown, and a number that is not finite.
    """
    hashable: Any = kind
    value: T = _reader(hashable, kind.__name__)(data)
    return value


@cache
def _reader(kind: Any, where: str) -> Reader:
    """What reads a value of `kind` in the field `where`: made once for all records."""
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _dataclass(kind, where)
    if origin in {Union, UnionType}:
        inner = _reader(next(option for option in arguments if option is not NoneType), where)
        return lambda data: None if data is None else inner(data)
    if origin is list:
        item = _reader(arguments[0], where)
        return lambda data: [item(part) for part in _of_type(data, list, where)]
    if origin is dict:
        value = _reader(arguments[1], where)
        return lambda data: {k: value(v) for k, v in _of_type(data, dict, where).items()}
    if issubclass(kind, Enum):
        return partial(_member, {member.value: member for member in kind}, where)
    if kind is float:
        return partial(_number, where)
    return lambda data: _of_type(data, kind, where)


def _of_type(data: Any, kind: type, where: str) -> Any:
    if type(data) is not kind:
        raise _refusal(data, where)
    return data


def _number(where: str, data: Any) -> Any:
    if type(data) is float and -math.inf < data < math.inf:
        return data
    if type(data) is not int or not abs(data) < math.inf:
        raise _refusal(data, where)
    return data


def _member(members: Mapping[str, Enum], where: str, data: Any) -> Any:
    try:
        return members[data]
    except (KeyError, TypeError):
        raise _refusal(data, where) from None


def _dataclass(kind: Any, where: str) -> Reader:
    """A record has thousands of fields: those of a plain type are looked at together."""
    hints = get_type_hints(kind)
    plain = {name: hint for name, hint in hints.items() if hint in _PLAIN}
    others = {
        name: _reader(hint, f"{where}.{name}") for name, hint in hints.items() if name not in plain
    }
    names, types = list(plain), list(plain.values())

    def read(data: Any) -> Any:
        if type(data) is not dict:
            raise _refusal(data, where)
        if data.keys() != hints.keys():
            unlike = sorted(hints.keys() ^ data.keys())
            raise ValueError(f"{where}.{unlike[0]} is missing or unknown")
        if list(map(type, map(data.__getitem__, names))) != types:
            wrong = next(name for name in names if type(data[name]) is not plain[name])
            raise _refusal(data[wrong], f"{where}.{wrong}")
        made = object.__new__(kind)
        # as `kind(**data)` would, but frozen fields are set one by one there: the slowest part
        made.__dict__.update(data)
        for name, read_one in others.items():
            made.__dict__[name] = read_one(data[name])
        return made

    return read


def _refusal(data: Any, where: str) -> ValueError:
    return ValueError(f"{where} cannot be {str(data)[:40]!r}")

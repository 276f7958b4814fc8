"""JSON data to a dataclass of ours, each value checked against its field's type.

What lies on a disk can be damaged and still be JSON: a score that is a string must not come as
far as a sum. A record has thousands of values: those of one field are looked at together, which
takes half as long as one after another.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from enum import Enum
from functools import cache, partial
from itertools import chain, islice
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

Reader = Callable[[list[Any]], list[Any]]  # of all values of a field; the same list, if it may stay


def typed(kind: type[T], data: Any) -> T:
    """`data` as a `kind`: a dataclass of plain values, enums of strings, lists, dicts, options and
    dataclasses.

    Raises `ValueError`, which names the field, for a value of another type, a field that is
    missing or unknown, and a number that is not finite.
    """
    hashable: Any = kind
    value: T = _reader(hashable, kind.__name__)([data])[0]
    return value


@cache
def _reader(kind: Any, where: str) -> Reader:
    """What reads values of `kind` in the field `where`: made once for all records."""
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _dataclasses(kind, where)
    if origin in {Union, UnionType}:
        inner = next(option for option in arguments if option is not NoneType)
        return partial(_options, _reader(inner, where))
    if origin is list:
        return partial(_lists, _reader(arguments[0], where), where)
    if origin is dict:
        return partial(_dicts, _reader(arguments[1], where), where)
    if issubclass(kind, Enum):
        return partial(_members, {member.value: member for member in kind}, where)
    if kind is float:
        return partial(_numbers, where)
    return partial(_plain, frozenset({kind}), where)


def _plain(kinds: frozenset[type], where: str, values: list[Any]) -> list[Any]:
    if not kinds.issuperset(map(type, values)):
        raise _refusal(next(value for value in values if type(value) not in kinds), where)
    return values


def _numbers(where: str, values: list[Any]) -> list[Any]:
    try:
        if all(map(math.isfinite, _plain(_NUMBERS, where, values))):
            return values
    except OverflowError:  # an integer that no float can be
        pass
    raise _refusal(next(value for value in values if not -_MOST <= value <= _MOST), where)


def _members(members: Mapping[str, Enum], where: str, values: list[Any]) -> list[Any]:
    try:
        return list(map(members.__getitem__, values))
    except (KeyError, TypeError):
        strange = (v for v in values if not (isinstance(v, str) and v in members))
        raise _refusal(next(strange), where) from None


def _options(inner: Reader, values: list[Any]) -> list[Any]:
    there = [value for value in values if value is not None]
    found = inner(there)
    if found is there:
        return values
    read = iter(found)
    return [None if value is None else next(read) for value in values]


def _lists(inner: Reader, where: str, values: list[Any]) -> list[Any]:
    parts = list(chain.from_iterable(_plain(_LIST, where, values)))
    found = inner(parts)
    if found is parts:
        return values
    read = iter(found)
    return [list(islice(read, len(value))) for value in values]


def _dicts(inner: Reader, where: str, values: list[Any]) -> list[Any]:
    parts = [part for value in _plain(_DICT, where, values) for part in value.values()]
    found = inner(parts)
    if found is parts:
        return values
    read = iter(found)
    return [dict(zip(value, read, strict=False)) for value in values]


def _dataclasses(kind: Any, where: str) -> Reader:
    hints = get_type_hints(kind)
    fields = [(name, _reader(hint, f"{where}.{name}")) for name, hint in hints.items()]

    def read(values: list[Any]) -> list[Any]:
        if not values:
            return values
        for value in _plain(_DICT, where, values):
            if value.keys() != hints.keys():
                unlike = sorted(hints.keys() ^ value.keys())
                raise ValueError(f"{where}.{unlike[0]} is missing or unknown")
        made = [object.__new__(kind) for _ in values]
        # as `kind(**value)` would, but frozen fields are set one by one there: the slowest part
        for one, value in zip(made, values, strict=True):
            one.__dict__.update(value)
        for name, reader in fields:
            column = list(map(itemgetter(name), values))
            found = reader(column)
            if found is not column:
                for one, part in zip(made, found, strict=True):
                    one.__dict__[name] = part
        return made

    return read


def _refusal(data: Any, where: str) -> ValueError:
    return ValueError(f"{where} cannot be {str(data)[:40]!r}")


_DICT, _LIST, _NUMBERS = frozenset({dict}), frozenset({list}), frozenset({float, int})
_MOST = sys.float_info.max

"""JSON data to a dataclass of ours, each value checked against its field's type.

What lies on a disk can be damaged and still be JSON: a score that is a string must not come as
far as a sum.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def typed(kind: type[T], data: Any) -> T:
    """`data` as a `kind`: a dataclass of plain values, enums of strings, lists, dicts, options and
    dataclasses.

    Raises `ValueError`, which names the field, for a value of another type, a field that is
    missing or unknown, and a number that is not finite.
    """
    value: T = _typed(kind, data, kind.__name__)
    return value


def _typed(kind: Any, data: Any, where: str) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _dataclass(kind, data, where)
    if origin in {Union, UnionType}:
        inner = next(option for option in arguments if option is not NoneType)
        return None if data is None else _typed(inner, data, where)
    if origin is list and type(data) is list:
        return [_typed(arguments[0], item, where) for item in data]
    if origin is dict and type(data) is dict:
        return {key: _typed(arguments[1], item, where) for key, item in data.items()}
    if isinstance(kind, type) and issubclass(kind, Enum) and isinstance(data, str):
        with suppress(ValueError):
            return kind(data)
    if kind is float and type(data) in {int, float} and abs(data) < math.inf:
        return data
    if kind in {str, int, bool} and type(data) is kind:
        return data
    raise ValueError(f"{where} cannot be {str(data)[:40]!r}")


def _dataclass(kind: Any, data: Any, where: str) -> Any:
    hints = _hints(kind)
    if not isinstance(data, Mapping):
        raise ValueError(f"{where} cannot be {str(data)[:40]!r}")  # noqa: TRY004
    if unlike := sorted(hints.keys() ^ data.keys()):
        raise ValueError(f"{where}.{unlike[0]} is missing or unknown")
    return kind(**{name: _typed(hints[name], data[name], f"{where}.{name}") for name in hints})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)

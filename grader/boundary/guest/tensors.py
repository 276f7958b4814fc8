"""Tensors in the lists, tuples and dicts that a call passes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def mapped(value: Any, change: Callable[[Any], Any], kept: Sequence[Any] = ()) -> Any:
    """`value` in new lists, tuples and dicts, with `change` of each item in them, in order.

    The objects in `kept` stay as they are.
    """
    if any(value is item for item in kept):
        return value
    if isinstance(value, list | tuple):
        items = [mapped(item, change, kept) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: mapped(item, change, kept) for key, item in value.items()}
    return change(value)

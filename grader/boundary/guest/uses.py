"""A use of a forbidden name: found by reading the source or at run time, judged elsewhere."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import astuple, dataclass
from typing import Any

MAX_USES_IN_REPLY = 50


@dataclass(frozen=True)
class Use:
    """`rule` covers `name`; it is "" for what is allowed nowhere, such as a foreign package."""

    rule: str
    name: str
    file: str  # "" where nobody knows
    line: int
    sure: bool = True  # whether it was this line, or only the nearest one that is known

    def to_wire(self) -> tuple[str, str, str, int, bool]:
        """Plain data."""
        return astuple(self)

    @classmethod
    def from_wire(cls, data: Any) -> Use | None:
        """The inverse of `to_wire`; None for anything else, since a guest's word may be forged."""
        if type(data) is not tuple or [type(part) for part in data] != [str, str, str, int, bool]:
            return None
        return cls(*data)


def covering(name: str, rules: Container[str]) -> str:
    """The rule that covers a dotted name: itself, or a package above it; "" for none."""
    while name:
        if name in rules:
            return name
        name = name.rpartition(".")[0]
    return ""

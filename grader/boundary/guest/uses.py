"""A use of a forbidden name: found by reading the source or at run time, judged elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any


@dataclass(frozen=True)
class Use:
    """`rule` covers `name`; it is "" for an import of a package that is not allowed."""

    rule: str
    name: str
    file: str
    line: int
    scope: str  # the top-level function or class around it, "" at module level

    def to_wire(self) -> tuple[str, str, str, int, str]:
        """Plain data."""
        return astuple(self)

    @classmethod
    def from_wire(cls, data: Any) -> Use | None:
        """The inverse of `to_wire`; None for anything else, since a guest's word may be forged."""
        if type(data) is not tuple or [type(part) for part in data] != [str, str, str, int, str]:
            return None
        return cls(*data)


def covering(name: str, rules: Iterable[str]) -> str:
    """The rule that covers a dotted name: itself, or a package above it; "" for none."""
    return next((r for r in rules if name == r or name.startswith(r + ".")), "")

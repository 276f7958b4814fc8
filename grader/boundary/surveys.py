"""What a guest found by reading a submission, and what it says of itself: plain data, looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from grader.boundary.endings import is_place
from grader.boundary.guest.uses import Use
from grader.boundary.submitted import Submitted


@dataclass(frozen=True)
class Survey:
    """What the first guest said of the submission and of itself."""

    uses: dict[str, list[Use]] = field(default_factory=dict)  # by exercise, found by reading
    reach: dict[str, frozenset[str]] = field(default_factory=dict)  # by exercise: files it can meet
    unwritten: dict[str, frozenset[str]] = field(default_factory=dict)  # by file: functions
    looks_behind: bool = False  # whether code could look behind a call (asked beside stand-ins)
    layers: list[str] = field(default_factory=list)  # in force
    missing: dict[str, str] = field(default_factory=dict)  # layer -> why this machine lacks it
    device: str = ""  # that the guest computes on

    @classmethod
    def of(cls, told: dict[str, Any], submitted: Submitted) -> Survey:
        """What a reply to "survey" or "load" says."""
        uses: dict[str, list[Use]] = {}
        for item in told.get("uses", ()):
            if type(item) is tuple and len(item) == 2 and type(item[0]) is str:
                uses.setdefault(item[0], []).extend(uses_in([item[1]], submitted))
        files = submitted.files.keys()
        return cls(
            uses,
            {name: _texts(found) & files for name, found in told.get("reach", {}).items()},
            {name: _texts(found) for name, found in told.get("unwritten", {}).items()},
            told.get("looks_behind", False),
            told["layers"],
            told["missing"],
            told["device"],
        )


def uses_in(told: Iterable[Any], submitted: Submitted) -> list[Use]:
    """What a guest says was used, as far as there is such a place in the submission."""
    uses = [use for item in told if (use := Use.from_wire(item)) is not None]
    return [use for use in uses if _is_place(use, submitted)]


def _is_place(use: Use, submitted: Submitted) -> bool:
    nowhere = not use.sure and (use.file, use.line) == ("", 0)
    return nowhere or is_place(use.file, use.line, submitted.lines)


def _texts(told: Any) -> frozenset[str]:
    texts = told if type(told) is list else []
    return frozenset(text for text in texts if type(text) is str)

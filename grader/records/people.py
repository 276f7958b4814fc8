"""Who the students of a graded class are: names beside ids, and who is on the roster.

`grader grade` writes `OUT/intake/<assignment>.json` and, where there is a roster,
`OUT/roster.json`. Records know ids only: a name or a roster that changes changes no record.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import PlatformError


@dataclass(frozen=True)
class People:
    """Names, and ids on the roster; `on_roster` is None where there is no roster."""

    names: dict[str, str] = field(default_factory=dict)
    on_roster: frozenset[str] | None = None

    def name(self, student: str) -> str:
        """The name, or "" where none is known or the id says it already."""
        name = self.names.get(student, "")
        return "" if name == student else name

    def has_left(self, student: str) -> bool:
        """Whether a roster is known and does not name the student."""
        return self.on_roster is not None and student not in self.on_roster


def load(out: Path, assignment: str) -> People:
    """The people of an assignment. Raises `PlatformError` when a file is damaged."""
    names = _names(out / "intake" / f"{assignment}.json")
    roster = out / "roster.json"
    if not roster.exists():
        return People(names)
    enrolled = _names(roster)
    return People(names | enrolled, frozenset(enrolled))


def _names(path: Path) -> dict[str, str]:
    """Id -> name in a file with "people"; nothing where an earlier grader wrote no such file."""
    if not path.exists():
        return {}
    try:
        people: Any = json.loads(path.read_text(encoding="utf-8"))["people"]
        names = {person["id"]: person["name"] for person in people}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise PlatformError("error.record_unreadable", file=path, reason=error) from error
    if not all(isinstance(text, str) for pair in names.items() for text in pair):
        raise PlatformError("error.record_unreadable", file=path, reason="people")
    return names

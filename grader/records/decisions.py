"""What people decided in the gradebook about a class: `OUT/gradebook.json`.

A record says what a submission's code did. Scores, extra credit and comments that a person gave
stand here instead, so that they outlive every regrade; `grader.scoring.decided` joins the two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from grader.errors import PlatformError
from grader.json_file import Damaged, read_json
from grader.records.decode import typed
from grader.records.layout import Out
from grader.records.store import write_atomically

SCHEMA = "grader/gradebook/v1"


@dataclass(frozen=True)
class Decision:
    """What a person decided about one cell of the gradebook."""

    cell: str
    function: str  # "" where the cell is about none that the assignment has now
    points: float | None  # in place of those that the function earned
    extra: float  # on top
    comment: str


@dataclass(frozen=True)
class Decisions:
    """Everything that people decided, and in which database."""

    database: str  # its URL, without a password
    assignments: dict[str, dict[str, list[Decision]]] = field(default_factory=dict)

    def of(self, assignment: str) -> Mapping[str, list[Decision]]:
        """Student -> decisions."""
        return self.assignments.get(assignment, {})


def load(out: Path) -> Decisions:
    """Those of a class; none where no gradebook was written. Raises `PlatformError`."""
    path = Out(out).decisions
    if not path.exists():
        return Decisions("")
    try:
        return read_json(path, partial(typed, Decisions), SCHEMA)
    except Damaged as error:
        raise PlatformError("error.decisions_unreadable", file=path, reason=error) from error


def save(out: Path, decisions: Decisions) -> None:
    """Write what `load` reads. Raises `PlatformError`."""
    data = {"schema": SCHEMA, **asdict(decisions)}
    write_atomically(Out(out).decisions, json.dumps(data, ensure_ascii=False, indent=1) + "\n")

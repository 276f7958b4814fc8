"""The grade cells of an assignment: one for each function, and one for each of its checks."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from grader.i18n import choose
from grader.records.assignment_snapshot import DescribedExercise, Snapshot

_LONGEST = 128  # letters of a name in nbgrader's schema


@dataclass(frozen=True)
class Cell:
    """A grade cell, in the words of nbgrader."""

    name: str
    function: str
    check: str  # "" for the cell that holds the function's points
    max_score: float
    source: str  # what it is about: a cell with another name and the same source was renamed


def cells(snapshot: Snapshot, lang: str) -> list[Cell]:
    """All cells in the order of the assignment; the sum of their points is what it is worth.

    A bonus is worth 0 and may earn more: nbgrader has no other place for points on top.
    """
    return [cell for entry in snapshot.exercises for cell in _exercise(entry, lang)]


def _exercise(entry: DescribedExercise, lang: str) -> list[Cell]:
    found = []
    for function in entry.functions:
        own = [check for check in entry.checks if check.of == function.name]
        titles = {check.id: choose(check.title, lang) for check in own}
        worth = 0.0 if entry.extra else function.points
        about = "\n".join([choose(entry.title, lang), *titles.values()])
        found.append(Cell(cell_name(function.name), function.name, "", worth, about))
        found += [
            Cell(cell_name(function.name, name), function.name, name, 0.0, title)
            for name, title in titles.items()
        ]
    return found


def cell_name(function: str, check: str = "") -> str:
    """A name that nbgrader allows: ASCII letters, digits, `_` and `-`, at most 128 of them."""
    name = "--".join(re.sub(r"[^A-Za-z0-9_]", _sign, part) for part in (function, check) if part)
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    return f"{name[: _LONGEST - 33]}-{digest}"


def _sign(match: re.Match[str]) -> str:
    """`LSTM.dropout` is `LSTM-dropout`; a letter of Hangul is its number in six digits."""
    return "-" if match[0] == "." else f"-{ord(match[0]):06x}"

"""Scores into the gradebook that was downloaded from Canvas, in one column and nowhere else.

    Student,ID,SIS User ID,SIS Login ID,Section,HW1 (4314282)
        Points Possible,,,,,100
    "Kim, Minsu",12345,S001,minsu,LEC,87.5

What Canvas takes for a gradebook, and which row is a person's: its `lib/gradebook_importer.rb`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.export.joining import Filled, Graded, Line, Untouched, join
from grader.export.lms_file import (
    delimiter,
    is_already,
    read,
    refuse_lost_digits,
    rows,
    text,
)
from grader.export.sheet import Cell, Sheet
from grader.records.assignment_snapshot import Snapshot
from grader.records.people import People
from grader.report import formatting

_NUMBERED = re.compile(r"(?P<title>.*\S)\s*\((?P<id>\d+)\)\s*")
# Canvas works these out itself, also for a group of assignments or a grading period.
_WORKED_OUT = re.compile("(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")
_NOTE = re.compile(r"\s*(?:Muted|Manual Posting.*)?\s*", re.IGNORECASE)
_TEST_STUDENT = "Student, Test"
_KEPT = {"EX": "excused", "N/A": "unassigned"}  # a score there undoes it, or is dropped in silence


@dataclass(frozen=True)
class _Head:
    """Which column holds what of a person."""

    name: int
    canvas: int
    sis: int | None
    login: int | None
    section: int


def fill(
    path: Path, snapshot: Snapshot, everybody: Sequence[Graded], people: People, column: str | None
) -> Filled:
    """The gradebook with each student's score in the column of the assignment.

    `column` is Canvas' number of the assignment or its title there; without it the column is
    looked for that is called like the assignment. Raises `UsageError` for a file that Canvas would
    refuse, and where not exactly one column can be meant.
    """
    data = read(path)
    sheet = Sheet(data, delimiter(data, b",;"))
    titles, *lines = rows(path, sheet) or [[]]
    head = _head(path, titles)
    points = next((row for row in lines if "Points Possible" in row[0].text), [])
    at = _column(path, titles, head, points, snapshot, column)
    cells: dict[Line, Cell | None] = {}
    for row_number, row in enumerate(lines, 2):
        if _is_person(row):
            line = _line(path, row_number, row, titles, head)
            cells[line] = row[at] if at < len(row) else None
    joined, strangers, absent = join(list(cells), everybody, people)
    filled = Filled(strangers=strangers, absent=absent, possible=text(points, at))
    texts = {}
    for line, graded in joined:
        cell = cells[line]
        found = cell.text.strip() if cell else ""
        reason = "short_row" if cell is None else _KEPT.get(found.upper())
        if graded.score is None:
            reason = "no_score"
        if cell is None or graded.score is None or reason:
            filled.kept.append(Untouched(graded, reason or ""))
            continue
        filled.count(graded)
        if not is_already(found, graded.score):
            texts[cell] = formatting.points(graded.score)
    filled.data = sheet.filled(texts)
    return filled


def _head(path: Path, titles: list[Cell]) -> _Head:
    names = [cell.text for cell in titles]
    split = names[:2] == ["LastName", "FirstName"]
    name = 0
    canvas = 2 if split else 1
    at = canvas + 1
    sis = login = None
    rest = [*names, "", "", "", ""]
    if (
        len(names) > at
        and ("LastName" if split else "Student") in names[0]
        and "ID" in names[canvas]
    ):
        if re.search(r"SIS\s+Login\s+ID", rest[at]):
            login, at = at, at + 1
        elif re.search(r"SIS\s+User\s+ID", rest[at]) and re.search(
            r"SIS\s+Login\s+ID", rest[at + 1]
        ):
            sis, login, at = at, at + 1, at + 2
            at += bool(re.search(r"Integration\s+ID", rest[at]))
            at += bool(re.search(r"Root\s+Account", rest[at]))
        if "Section" in rest[at]:
            return _Head(name, canvas, sis, login, at)
    raise UsageError("export.canvas_header", file=path, found=", ".join(names[:8]) or "-")


def _column(
    path: Path,
    titles: list[Cell],
    head: _Head,
    points: list[Cell],
    snapshot: Snapshot,
    wanted: str | None,
) -> int:
    """The column of the assignment. Raises `UsageError` where it is not clear which that is."""
    own = {
        at: cell.text.strip()
        for at, cell in enumerate(titles)
        if at > head.section
        and cell.text.strip()
        and not _WORKED_OUT.search(cell.text)
        and "read only" not in text(points, at)
    }
    names = [wanted] if wanted else [snapshot.id, *snapshot.title.values()]
    folded = {name.strip().casefold() for name in names}
    fitting = [at for at, title in own.items() if folded & _names(title)]
    if len(fitting) != 1:
        code = "export.canvas_columns" if fitting else "export.canvas_no_column"
        found = ", ".join(own[at] for at in fitting or own) or "-"
        raise UsageError(code, file=path, wanted=wanted or snapshot.id, found=found)
    return fitting[0]


def _names(title: str) -> set[str]:
    """What an assignment may be called: `HW1 (4314282)`, `HW1` and `4314282`, folded."""
    numbered = _NUMBERED.fullmatch(title)
    return {name.casefold() for name in (title, *(numbered.groups() if numbered else ()))}


def _is_person(row: list[Cell]) -> bool:
    is_note = all(_NOTE.fullmatch(cell.text) for cell in row)
    return not is_note and "Points Possible" not in row[0].text and row[0].text != _TEST_STUDENT


def _line(path: Path, row_number: int, row: list[Cell], titles: list[Cell], head: _Head) -> Line:
    canvas, sis, login = (text(row, at) for at in (head.canvas, head.sis, head.login))
    refuse_lost_digits(path, row_number, titles[head.canvas].text, canvas)
    kinds = [("canvas", canvas), ("sis", sis), ("id", sis), ("login", login), ("id", login)]
    kinds.append(("email", login))
    name = ", ".join(filter(None, (cell.text.strip() for cell in row[: head.canvas])))
    return Line(row_number, name, tuple((kind, value) for kind, value in kinds if value))

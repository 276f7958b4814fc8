"""What people decided, read from the database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, Table, func, or_, select

from grader.export.gradebook import database, tables
from grader.export.gradebook.cells import cells
from grader.records import decisions as kept
from grader.records.assignment_snapshot import Snapshot
from grader.records.decisions import Decision, Decisions
from grader.report.results import gather


def refresh(out: Path) -> bool:
    """Read once more what people decided about the class in `out`, if it has a gradebook.

    Returns False when the database is not where it was, and everything stays as it was last read.
    Raises `UsageError` when it cannot be read.
    """
    before = kept.load(out)
    with database.existing(database.address(before.database)) as engine:
        if engine is None:
            return False
        with engine.connect() as connection:
            now = {
                results.snapshot.id: decisions(connection, results.snapshot)
                for results in gather(out)
            }
    kept.save(out, Decisions(before.database, before.assignments | now))
    return True


def decisions(connection: Connection, snapshot: Snapshot) -> dict[str, list[Decision]]:
    """Student -> what people decided in our notebook of the assignment, in the order of cells."""
    functions = {cell.name: cell.function for cell in cells(snapshot, snapshot.languages[0])}
    holds_points = {cell.name for cell in cells(snapshot, snapshot.languages[0]) if not cell.check}
    scores = _scores(connection, snapshot)
    comments = _comments(connection, snapshot)
    found: dict[str, list[Decision]] = {}
    for student, cell in sorted(scores.keys() | comments.keys()):
        manual, extra = scores.get((student, cell), (None, None))
        points = manual if cell in holds_points else None
        # in a cell worth 0 a score comes on top as well
        on_top = (extra or 0.0) + (0.0 if cell in holds_points else manual or 0.0)
        own = Decision(
            cell, functions.get(cell, ""), points, on_top, comments.get((student, cell), "")
        )
        found.setdefault(student, []).append(own)
    return found


def _scores(
    connection: Connection, snapshot: Snapshot
) -> Mapping[tuple[str, str], tuple[float | None, float | None]]:
    grade = tables.grade.c
    rows = connection.execute(
        _chosen(tables.grade, snapshot)
        .add_columns(grade.manual_score, grade.extra_credit)
        .where(or_(grade.manual_score.is_not(None), func.coalesce(grade.extra_credit, 0) != 0))
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _comments(connection: Connection, snapshot: Snapshot) -> Mapping[tuple[str, str], str]:
    comment = tables.comment.c
    rows = connection.execute(
        _chosen(tables.comment, snapshot)
        .add_columns(comment.manual_comment)
        .where(func.coalesce(comment.manual_comment, "") != "")
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _chosen(table: Table, snapshot: Snapshot) -> Select[Any]:
    """Student and cell of the rows in our notebook of the assignment."""
    handed_in, submitted = tables.submitted_assignment.c, tables.submitted_notebook.c
    cell, notebook, assignment = tables.base_cell.c, tables.notebook.c, tables.assignment.c
    return (
        select(handed_in.student_id, cell.name)
        .select_from(table)
        .join(tables.base_cell, cell.id == table.c.cell_id)
        .join(tables.submitted_notebook, submitted.id == table.c.notebook_id)
        .join(tables.submitted_assignment, handed_in.id == submitted.assignment_id)
        .join(tables.notebook, notebook.id == submitted.notebook_id)
        .join(tables.assignment, assignment.id == notebook.assignment_id)
        .where(assignment.name == snapshot.id, notebook.name == snapshot.package)
    )

"""A student in the table of the class: `rows.html.j2` names everything that is made here."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from grader.records.assignment_snapshot import Snapshot
from grader.records.record import ExerciseResult, Record
from grader.report import formatting
from grader.report.results import Entry


def row(snapshot: Snapshot, entry: Entry, lang: str, feedback: str) -> dict[str, Any]:
    """What `rows.html.j2` names of one student. `feedback` is the path to the student's page."""
    record = entry.record
    earned = {exercise.id: exercise for exercise in record.exercises}
    return {
        "name": record.student,
        "person": entry.person,
        "link": quote(feedback),
        "status": record.status,
        "points": record.points,
        "extra_points": record.extra_points,
        "problem": formatting.why_of(record, lang),
        "exercises": [_cell(earned.get(e.id), record) for e in snapshot.exercises],
    }


def _cell(result: ExerciseResult | None, record: Record) -> dict[str, Any]:
    """Points of one student in one exercise, and how much is lost: 0 (nothing) to 4 (all)."""
    if result is None:
        return {"points": record.points_of_unrun, "loss": 0}
    if result.points is None or not result.possible:
        return {"points": result.points, "loss": 0}
    lost = 1 - result.points / result.possible
    return {"points": result.points, "loss": (lost > 0) + (lost > 0.2) + (lost > 0.5) + (lost >= 1)}

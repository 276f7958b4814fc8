"""Records as a table of scores, for staff: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grader.export.table import line
from grader.records.assignment_snapshot import Snapshot
from grader.report import formatting
from grader.report.class_page import ClassSums
from grader.report.formats import Format
from grader.report.results import Entry, Results

SCHEMA = "grader/scores/v2"

_dumped = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_FIRST = ["student", "name", "total", "possible", "extra", "status"]


def with_checks(results: Results, lang: str) -> Iterator[str]:
    """The table as CSV, with a column for how each check ended: `cleaning.clean_removes_tags`.

    Who is not on the roster is left out, as in the other tables.

    Raises `PlatformError` when a record is damaged.
    """
    snapshot = results.snapshot
    exercises = [exercise.id for exercise in snapshot.exercises]
    checks = [(e.id, check.id) for e in snapshot.exercises for check in e.checks]
    yield line([*_FIRST, *exercises, *map(".".join, checks), "problem"])
    for entry in results.entries(on_roster=True):
        outcomes = {(e.id, c.id): c.outcome for e in entry.record.exercises for c in e.checks}
        *row, problem = _row(entry, exercises, lang)
        yield line([*row, *(outcomes.get(check, "") for check in checks), problem])


def _csv_head(snapshot: Snapshot, _: ClassSums) -> str:
    return line([*_FIRST, *(exercise.id for exercise in snapshot.exercises), "problem"])


def _csv_row(snapshot: Snapshot, entry: Entry, lang: str) -> str:
    return line(_row(entry, [exercise.id for exercise in snapshot.exercises], lang))


def _json_head(snapshot: Snapshot, _: ClassSums) -> str:
    data = {
        "schema": SCHEMA,
        "assignment": snapshot.id,
        "possible": snapshot.possible,
        "extra_possible": snapshot.extra_possible,
    }
    return f'{_dumped(data).removesuffix("}")}, "students": ['


def _json_student(_: Snapshot, entry: Entry, lang: str) -> str:
    return f"\n {_dumped(_student(entry, lang))}"


def _row(entry: Entry, exercises: list[str], lang: str) -> list[str | float | None]:
    record = entry.record
    earned = {exercise.id: exercise.points for exercise in record.exercises}
    return [
        record.student,
        entry.person,
        record.points,
        record.possible,
        record.extra_points,
        record.status,
        *(earned.get(name, record.points_of_unrun) for name in exercises),
        formatting.why_of(record, lang),
    ]


def _student(entry: Entry, lang: str) -> dict[str, Any]:
    record = entry.record
    return {
        "student": record.student,
        "name": entry.person,
        "record": entry.name,
        "status": record.status,
        "points": record.points,
        "extra_points": record.extra_points,
        "problem": formatting.why_of(record, lang) or None,
        "exercises": {
            exercise.id: {
                "points": exercise.points,
                "functions": {function.name: function.points for function in exercise.functions},
                "checks": {check.id: check.outcome for check in exercise.checks},
            }
            for exercise in record.exercises
        },
    }


# One row a student: total (without the bonus), status, exercises, problem; see `_row`.
CSV = Format(_csv_head, _csv_row)
# The scores with each check's outcome, a line for each student; schema first.
JSON = Format(_json_head, _json_student, between=",", foot="\n]}\n")

"""Records as a table of scores, for staff: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from grader.records.assignment_snapshot import Snapshot
from grader.report import escape, formatting
from grader.report.class_page import ClassSums
from grader.report.formats import Format
from grader.report.results import Entry

SCHEMA = "grader/scores/v2"


def _csv_head(snapshot: Snapshot, _: ClassSums) -> str:
    header = ["student", "name", "total", "possible", "extra", "status"]
    return _line([*header, *(exercise.id for exercise in snapshot.exercises), "problem"])


def _csv_row(snapshot: Snapshot, entry: Entry, lang: str) -> str:
    return _line(_row(entry, [exercise.id for exercise in snapshot.exercises], lang))


def _line(values: Sequence[str | float | None]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([escape.cell(value) for value in values])
    return text.getvalue()


def _json_head(snapshot: Snapshot, _: ClassSums) -> str:
    data = {
        "schema": SCHEMA,
        "assignment": snapshot.id,
        "possible": snapshot.possible,
        "extra_possible": snapshot.extra_possible,
    }
    return f'{_text(data).removesuffix(_END)},\n "students": ['


def _json_student(_: Snapshot, entry: Entry, lang: str) -> str:
    return "\n  " + _text(_student(entry, lang), "  ")


def _text(data: Any, indent: str = "") -> str:
    """As `json.dumps(..., indent=1)` writes it, which is slow; lists there are none."""
    if not isinstance(data, dict):
        return _value(data)
    inner = indent + " "
    members = [f"{inner}{_value(name)}: {_text(value, inner)}" for name, value in data.items()]
    return "\n".join(["{", ",\n".join(members), indent + "}"]) if members else "{}"


@lru_cache(maxsize=1 << 12, typed=True)
def _value(value: str | float | None) -> str:
    """Ids, outcomes and points are the same for many students."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


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
        formatting.sentence(record.problem, lang),
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
        "problem": formatting.sentence(record.problem, lang) or None,
        "exercises": {
            exercise.id: {
                "points": exercise.points,
                "functions": {function.name: function.points for function in exercise.functions},
                "checks": {check.id: check.outcome for check in exercise.checks},
            }
            for exercise in record.exercises
        },
    }


_END = "\n}"
# One row a student: total (without the bonus), status, exercises, problem; see `_row`.
CSV = Format(_csv_head, _csv_row)
# The scores with each check's outcome; schema first.
JSON = Format(_json_head, _json_student, between=",", foot=f"\n ]{_END}\n")

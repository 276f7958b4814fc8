"""Records as a table of scores, for staff: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from grader.records.record import Record, Status
from grader.report import escape, formatting
from grader.report.results import Entry, Results

SCHEMA = "grader/scores/v2"


def to_csv(results: Results, lang: str) -> str:
    """One row a student: total (without the bonus), status, exercises, problem; see `_row`."""
    exercises = [exercise.id for exercise in results.snapshot.exercises]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = ["student", "name", "total", "possible", "extra", "status", *exercises, "problem"]
    writer.writerow([escape.cell(name) for name in header])
    for entry in results.entries:
        writer.writerow([escape.cell(value) for value in _row(entry, exercises, lang)])
    return text.getvalue()


def to_json(results: Results, lang: str) -> str:
    """The scores with each check's outcome; schema first. `lang` is that of the sentences."""
    data = {
        "schema": SCHEMA,
        "assignment": results.snapshot.id,
        "possible": results.snapshot.possible,
        "extra_possible": results.snapshot.extra_possible,
        "students": [_student(entry, lang) for entry in results.entries],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


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
        *(earned.get(name, _unrun(record)) for name in exercises),
        formatting.sentence(record.problem, lang),
    ]


def _unrun(record: Record) -> float | None:
    """What an exercise that was not run counts: nothing was gradable, or nothing is known yet."""
    return 0.0 if record.status in {Status.UNGRADABLE, Status.MISSING} else None


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

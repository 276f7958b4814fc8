"""What the staff read of a class: `class.html.j2` names everything that is made here."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from grader.i18n import choose
from grader.records.assignment_snapshot import Snapshot
from grader.records.outcome import Outcome
from grader.records.record import ExerciseResult, Message, Record, Status
from grader.report import formatting, item_analysis, plots
from grader.report.item_analysis import CheckFigures
from grader.report.results import Entry, Results

MOST_FREQUENT, SLOWEST = 12, 10


def context(
    results: Results, lang: str, feedback: Callable[[str], str], downloads: Mapping[str, str]
) -> dict[str, Any]:
    """Everything on the page.

    `feedback` gives the path to the page of a record's name; `downloads` are names and paths.
    """
    snapshot = results.snapshot
    records = [entry.record for entry in results.entries]
    checks = item_analysis.of_checks(snapshot, records)
    hardest_first = sorted(checks, key=lambda c: 2.0 if c.difficulty is None else c.difficulty)
    return {
        "assignment": choose(snapshot.title, lang),
        "assignment_id": snapshot.id,
        "possible": snapshot.possible,
        "extra_possible": snapshot.extra_possible,
        "counts": Counter(record.status for record in records),
        **_totals(records),
        "unscored": _unscored(results, lang),
        "exercises": _exercises(results, lang),
        "functions": _functions(results, lang),
        "off_roster": ", ".join(
            f"{entry.record.student} {entry.person}".strip() for entry in results.off_roster
        ),
        "students": [_student(results, entry, lang, feedback) for entry in results.entries],
        "checks": [_check(snapshot, check, lang) for check in hardest_first],
        "downloads": [(name, quote(path)) for name, path in downloads.items()],
        "outcomes": _outcomes(records),
        "frequent": _frequent(snapshot, records, lang),
        "slowest": _slowest(snapshot, checks, lang),
        "provenance": _provenance([*records, *(e.record for e in results.off_roster)]),
    }


def _totals(records: Sequence[Record]) -> dict[str, Any]:
    shares = [
        record.points / record.possible
        for record in item_analysis.scored(records)
        if record.points is not None and record.possible
    ]
    counts = item_analysis.histogram(shares)
    return {
        "summary": item_analysis.summarise(shares),
        "full": sum(share >= 1 for share in shares),
        "histogram": plots.histogram(counts, statistics.median(shares or [0.0])),
    }


def _exercises(results: Results, lang: str) -> list[dict[str, Any]]:
    records = [entry.record for entry in results.entries]
    figures = item_analysis.of_exercises(results.snapshot, records)
    return [
        {
            "figures": figure,
            "title": choose(entry.title, lang),
            "points": entry.points,
            "extra": entry.extra,
            "id": entry.id,
            "file": entry.file,
        }
        for entry, figure in zip(results.snapshot.exercises, figures, strict=True)
    ]


def _unscored(results: Results, lang: str) -> dict[str, list[dict[str, str]]]:
    """By status: who has no score or none that was worked for, and why."""
    found: dict[str, list[dict[str, str]]] = {status: [] for status in Status}
    for entry in results.entries:
        if entry.record.status != Status.GRADED:
            problem = formatting.sentence(entry.record.problem, lang)
            why = "" if entry.record.status == Status.MISSING else problem
            name = {"name": entry.record.student, "person": entry.person, "why": why}
            found[entry.record.status].append(name)
    return found


def _functions(results: Results, lang: str) -> list[dict[str, Any]]:
    """How the class stands with each function, those that cost the class most first."""
    records = [entry.record for entry in results.entries]
    exercises = {entry.id: choose(entry.title, lang) for entry in results.snapshot.exercises}
    figures = item_analysis.of_functions(results.snapshot, records)
    return [
        {"figures": figure, "exercise": exercises[figure.exercise]}
        for figure in sorted(figures, key=lambda f: f.mean - f.possible)
    ]


def _student(
    results: Results, entry: Entry, lang: str, feedback: Callable[[str], str]
) -> dict[str, Any]:
    record = entry.record
    earned = {exercise.id: exercise for exercise in record.exercises}
    return {
        "name": record.student,
        "person": entry.person,
        "link": quote(feedback(entry.name)),
        "status": record.status,
        "points": record.points,
        "extra_points": record.extra_points,
        "problem": formatting.sentence(record.problem, lang),
        "notes": [formatting.sentence(note, lang) for note in record.notes],
        "exercises": [_cell(earned.get(e.id), record) for e in results.snapshot.exercises],
        "seconds": record.seconds,
    }


def _cell(result: ExerciseResult | None, record: Record) -> dict[str, Any]:
    """Points of one student in one exercise, and how much is lost: 0 (nothing) to 4 (all)."""
    if result is None:
        points = 0.0 if record.status in {Status.UNGRADABLE, Status.MISSING} else None
        return {"points": points, "loss": 0}
    if result.points is None or not result.possible:
        return {"points": result.points, "loss": 0}
    lost = 1 - result.points / result.possible
    return {"points": result.points, "loss": (lost > 0) + (lost > 0.2) + (lost > 0.5) + (lost >= 1)}


def _check(snapshot: Snapshot, figures: CheckFigures, lang: str) -> dict[str, Any]:
    described = snapshot.check(figures.exercise, figures.id)
    return {
        "figures": figures,
        "title": choose(described.title, lang),
        "exercise": choose(snapshot.exercise(figures.exercise).title, lang),
        "public": described.public,
        # Who is strong elsewhere fails it more often: the check may be wrong.
        "suspect": figures.discrimination is not None and figures.discrimination < 0,
        "outcomes": figures.outcomes.most_common(),
    }


def _outcomes(records: Sequence[Record]) -> list[dict[str, Any]]:
    """All outcomes in the order of `Outcome`, with the number of results and of students."""
    results: Counter[str] = Counter()
    students: Counter[str] = Counter()
    for record in records:
        own = Counter(c.outcome for exercise in record.exercises for c in exercise.checks)
        results.update(own)
        students.update(own.keys())
    most = max((results[name] for name in Outcome if name != Outcome.PASSED), default=0)
    return [
        {
            "name": name,
            "owner": name.owner,
            "results": results[name],
            "students": students[name],
            "share": results[name] / most if most else 0.0,
        }
        for name in Outcome
        if name != Outcome.PASSED
    ]


def _frequent(snapshot: Snapshot, records: Sequence[Record], lang: str) -> list[dict[str, Any]]:
    """What was said most often: by exercise, or of the whole submission (exercise "").

    The general "failed" is left out: it says no more than the table of checks.
    """
    students: dict[tuple[str, str, str], set[int]] = {}
    checks: dict[tuple[str, str, str], set[str]] = {}

    def add(number: int, exercise: str, outcome: str, message: Message | None, check: str) -> None:
        if message is not None:
            key = (exercise, outcome, formatting.sentence(message, lang))
            students.setdefault(key, set()).add(number)
            checks.setdefault(key, set()).add(check)

    for number, record in enumerate(records):
        problem = None if record.status == Status.MISSING else record.problem
        for message in (problem, *record.notes):
            add(number, "", record.status, message, "")
        for exercise in record.exercises:
            for check in exercise.checks:
                told = check.message is not None and check.message.code != "failed"
                if told and check.outcome not in {"passed", "skipped"}:
                    add(number, exercise.id, check.outcome, check.message, check.id)
    ordered = sorted(students, key=lambda key: (-len(students[key]), -len(checks[key]), key))
    return [
        {
            "exercise": choose(snapshot.exercise(exercise).title, lang) if exercise else "",
            "outcome": outcome,
            "message": message,
            "students": len(students[exercise, outcome, message]),
            "checks": len(checks[exercise, outcome, message] - {""}),
        }
        for exercise, outcome, message in ordered[:MOST_FREQUENT]
    ]


def _slowest(
    snapshot: Snapshot, figures: Sequence[CheckFigures], lang: str
) -> list[dict[str, Any]]:
    timed = [figure for figure in figures if figure.longest_seconds is not None]
    timed.sort(key=lambda f: (f.longest_seconds or 0.0, f.median_seconds or 0.0), reverse=True)
    return [
        {
            "title": choose(snapshot.check(figure.exercise, figure.id).title, lang),
            "exercise": choose(snapshot.exercise(figure.exercise).title, lang),
            "median": figure.median_seconds,
            "longest": figure.longest_seconds,
            "share": (figure.longest_seconds or 0.0) / (timed[0].longest_seconds or 1.0),
        }
        for figure in timed[:SLOWEST]
    ]


def _provenance(records: Sequence[Record]) -> dict[str, Any]:
    """Under which conditions the class was graded; more than one of a kind is worth a warning."""
    ran = [record for record in records if record.exercises]
    return {
        "first": formatting.moment(min(record.started for record in records)),
        "last": formatting.moment(max(record.started for record in records)),
        "seconds": sum(record.seconds for record in records),
        "unprotected": sorted({name for record in ran for name in record.lacking}),
        "layers": sorted({tuple(record.layers) for record in ran}),
        "environments": sorted({tuple(record.environment.items()) for record in ran}),
        "versions": sorted({(r.checks_sha256[:12], r.settings_sha256[:12]) for r in records}),
    }

"""What one student may read of a record.

A public check shows everything, a hidden one its title, outcome, message and hint. A check that is
kept back shows that it exists, and its points are left out of every sum until publication: from a
total they could be worked out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grader.i18n import choose
from grader.records.assignment_snapshot import Catalogue, DescribedCheck
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, FunctionResult, Record
from grader.report import formatting
from grader.scoring.points import excused
from grader.scoring.standing import standing


@dataclass(frozen=True)
class Moment:
    """When a page is made, as far as it decides what may be shown."""

    now: datetime  # with a time zone
    published: bool


def is_shown(check: DescribedCheck, due: str | None, moment: Moment) -> bool:
    """Whether a student may see the check's result now.

    Publication opens what waits for the due date too; without a due date it is what opens it.
    """
    if check.show == "always":
        return True
    if check.show == "never":
        return False
    waits_for_due = check.show == "after_due"
    return moment.published or (waits_for_due and _has_passed(due, moment.now))


def context(catalogue: Catalogue, record: Record, lang: str, moment: Moment) -> dict[str, Any]:
    """Everything that `feedback.html.j2` names."""
    closed = _closed_functions(catalogue, record, moment)
    exercises = [
        _exercise(catalogue, e, lang, moment, closed, excused(record.exercises))
        for e in record.exercises
    ]
    kept_back = sum(exercise["kept_back"] for exercise in exercises)
    return {
        "assignment": choose(catalogue.title, lang),
        "assignment_id": record.assignment,
        "student": record.student,
        "status": record.status,
        "total": _total(record, exercises, extra=False),
        "extra": _total(record, exercises, extra=True),
        "kept_back": kept_back,
        "problem": formatting.sentence(record.problem, lang),
        "notes": [formatting.sentence(note, lang) for note in record.notes],
        "exercises": exercises,
        "files": record.files,
        "ignored": record.ignored,
        "graded": formatting.moment(record.started),
        "submission": record.submission_sha256,
    }


def _closed_functions(catalogue: Catalogue, record: Record, moment: Moment) -> set[str]:
    """Functions whose points are kept back: a check of theirs is, or one counts only by such."""
    if moment.published:
        return set()
    results = [(entry.id, check) for entry in record.exercises for check in entry.checks]
    closed = {
        check.of
        for exercise, check in results
        if not is_shown(catalogue.check(exercise, check.id), catalogue.due, moment)
    }
    while more := {c.of for _, c in results if closed & set(c.passes_with)} - closed:
        closed |= more
    return closed


def _has_passed(due: str | None, now: datetime) -> bool:
    return due is not None and now > datetime.fromisoformat(due)


def _total(
    record: Record, exercises: Sequence[dict[str, Any]], *, extra: bool
) -> dict[str, float | None]:
    own = [exercise for exercise in exercises if exercise["extra"] == extra]
    if not any(exercise["kept_back"] for exercise in own):
        points = record.extra_points if extra else record.points
        return _score(points, record.extra_possible if extra else record.possible)
    earned = [exercise["points"] for exercise in own]
    return _score(
        None if None in earned else sum(earned), sum(exercise["possible"] for exercise in own)
    )


def _exercise(
    catalogue: Catalogue,
    result: ExerciseResult,
    lang: str,
    moment: Moment,
    closed: set[str],
    free: Mapping[str, list[str]],
) -> dict[str, Any]:
    entry = catalogue.exercise(result.id)
    described = [catalogue.check(result.id, check.id) for check in result.checks]
    checks = [
        _check(check, result, lang, [] if result.of in closed else free.get(result.id, []))
        if is_shown(check, catalogue.due, moment)
        else _closed(check, result, lang)
        for check, result in zip(described, result.checks, strict=True)
    ]
    functions = [
        _function(function, result.checks, checks, free, closed=function.name in closed)
        for function in result.functions
    ]
    earned = [f["points"] for f in functions if not f["kept_back"]]
    kept_back = sum(function["kept_back"] for function in functions)
    return {
        "id": result.id,
        "title": choose(entry.title, lang),
        "file": entry.file,
        "extra": result.extra,
        **_score(
            result.points if not kept_back else None if None in earned else sum(earned),
            result.possible - kept_back,
        ),
        "kept_back": kept_back,
        "passed": sum(check["outcome"] == Outcome.PASSED for check in checks),
        "common": _common(checks),
        "functions": functions,
        "checks": checks,
    }


def _function(
    result: FunctionResult,
    results: Sequence[CheckResult],
    checks: Sequence[dict[str, Any]],
    free: Mapping[str, list[str]],
    *,
    closed: bool,
) -> dict[str, Any]:
    """A function with its checks."""
    own = [check for check in results if check.of == result.name]
    return {
        "name": result.name,
        **_score(None if closed else result.points, result.possible),
        "kept_back": result.possible if closed else 0.0,
        "standing": "" if closed else standing(own, free),
        "checks": [check for check in checks if check["of"] == result.name],
    }


def _check(
    check: DescribedCheck, result: CheckResult, lang: str, paid: list[str]
) -> dict[str, Any]:
    """`paid`: the functions that have paid for its failing, so that it counts."""
    passed = result.outcome == Outcome.PASSED
    return {
        **_closed(check, result, lang),
        "shown": True,
        "outcome": result.outcome,
        "right_once": paid,
        "cases": result.cases,
        "cases_passed": result.cases_passed,
        "message": "" if passed else formatting.sentence(result.message, lang),
        "hint": choose(check.hint, lang) if result.outcome.hinted else "",
        # The record says what ran; only there is certain that the check was public then.
        "detail": result.detail if result.public else "",
        "output": result.output if result.public else "",
    }


def _closed(check: DescribedCheck, result: CheckResult, lang: str) -> dict[str, Any]:
    return {
        "of": result.of,
        "kind": result.kind,
        "title": choose(check.title, lang),
        "public": result.public,
        "shown": False,
        "outcome": None,
        "never": check.show == "never",
    }


def _common(checks: Sequence[dict[str, Any]]) -> str:
    """The message that all checks share: a stub, a forbidden name, a file that is not there."""
    messages = {(check["outcome"], check.get("message", "")) for check in checks}
    return messages.pop()[1] if len(checks) > 1 and len(messages) == 1 else ""


def _score(points: float | None, possible: float) -> dict[str, Any]:
    return {
        "points": points,
        "possible": possible,
        "share": None if points is None or not possible else points / possible,
    }

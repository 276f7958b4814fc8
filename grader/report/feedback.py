"""What one student may read of a record.

A public check shows everything, a hidden one its title, outcome, message and hint. A check that is
kept back shows that it exists, and its points are left out of every sum until publication: from a
total they could be worked out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grader.i18n import choose
from grader.records.assignment_snapshot import Catalogue, DescribedCheck
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, Record
from grader.report import formatting as wording


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


def context(
    catalogue: Catalogue, record: Record, lang: str, moment: Moment, person: str = ""
) -> dict[str, Any]:
    """Everything that `feedback.html.j2` names. `person` is the student's name, if known."""
    exercises = [_exercise(catalogue, exercise, lang, moment) for exercise in record.exercises]
    kept_back = sum(exercise["kept_back"] for exercise in exercises)
    return {
        "assignment": choose(catalogue.title, lang),
        "assignment_id": record.assignment,
        "student": record.student,
        "person": person,
        "status": record.status,
        "total": _total(record, exercises, extra=False),
        "extra": _total(record, exercises, extra=True),
        "kept_back": kept_back,
        "problem": wording.sentence(record.problem, lang),
        "notes": [wording.sentence(note, lang) for note in record.notes],
        "exercises": exercises,
        "files": record.files,
        "ignored": record.ignored,
        "graded": wording.moment(record.started),
        "submission": record.submission_sha256,
    }


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
    catalogue: Catalogue, result: ExerciseResult, lang: str, moment: Moment
) -> dict[str, Any]:
    entry = catalogue.exercise(result.id)
    described = [catalogue.check(result.id, check.id) for check in result.checks]
    shown = [is_shown(check, catalogue.due, moment) for check in described]
    kept_back = [check for check, open_ in zip(result.checks, shown, strict=True) if not open_]
    if moment.published or not kept_back:
        score, missing = _score(result.points, result.possible), 0.0
    else:
        visible = [check for check in result.checks if check not in kept_back]
        earned = [check.points for check in visible]
        missing = sum(check.possible for check in kept_back)
        score = _score(
            None if None in earned else sum(points or 0.0 for points in earned),
            result.possible - missing,
        )
    checks = [
        _check(check, result, lang) if open_ else _closed(check, result, lang)
        for check, result, open_ in zip(described, result.checks, shown, strict=True)
    ]
    return {
        "id": result.id,
        "title": choose(entry.title, lang),
        "file": entry.file,
        "extra": result.extra,
        **score,
        "kept_back": missing,
        "passed": sum(check["outcome"] == "passed" for check in checks),
        "common": _common(checks),
        "checks": checks,
    }


def _check(check: DescribedCheck, result: CheckResult, lang: str) -> dict[str, Any]:
    passed = result.outcome == Outcome.PASSED
    return {
        **_closed(check, result, lang),
        "shown": True,
        "outcome": result.outcome,
        "points": result.points,
        "cases": result.cases,
        "cases_passed": result.cases_passed,
        "message": "" if passed else wording.sentence(result.message, lang),
        "hint": choose(check.hint, lang) if result.outcome.hinted else "",
        # The record says what ran; only there is certain that the check was public then.
        "detail": result.detail if result.public else "",
        "output": result.output if result.public else "",
    }


def _closed(check: DescribedCheck, result: CheckResult, lang: str) -> dict[str, Any]:
    return {
        "title": choose(check.title, lang),
        "public": result.public,
        "possible": result.possible,
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

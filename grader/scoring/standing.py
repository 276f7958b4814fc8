"""How a function stands, in one word: what pages and the self-check speak of first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from grader.course.exercise import Kind
from grader.records.outcome import Outcome
from grader.records.record import CheckResult


class Standing(StrEnum):
    """Its sentence is `function.<value>` in `grader/locale`."""

    UNANSWERED = "unanswered"  # not written yet
    CORE = "core"  # not right yet on ordinary input
    EDGE = "edge"  # right on ordinary input, not yet in rare cases
    MANNERS = "manners"  # right values; types, errors or arguments are not yet as promised
    RIGHT = "right"
    WAITING = "waiting"  # nothing of it was run
    BROKEN = "broken"  # not graded: a check of it raised an error itself


def standing(checks: Sequence[CheckResult], free: Collection[str] = ()) -> Standing:
    """The gravest kind in which a check of one function fails; `free` are those that count."""
    outcomes = {check.outcome for check in checks}
    if Outcome.BROKEN in outcomes:
        return Standing.BROKEN
    if Outcome.UNANSWERED in outcomes and all(outcome.not_yet for outcome in outcomes):
        return Standing.UNANSWERED
    if outcomes == {Outcome.SKIPPED} and not all(check.id in free for check in checks):
        return Standing.WAITING
    failing = {c.kind for c in checks if c.outcome != Outcome.PASSED and c.id not in free}
    return next((Standing(kind.value) for kind in Kind if kind in failing), Standing.RIGHT)

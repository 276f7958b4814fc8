"""What of a record its student may be told, exercise by exercise: pages are made of this alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.course.toml import Text
from grader.diagnosis.mistakes import Mistake
from grader.diagnosis.rule import Certainty, diagnose
from grader.records.assignment_snapshot import Snapshot
from grader.records.record import CheckResult, ExerciseResult, Record
from grader.report.moment import Moment, is_shown
from grader.scoring.points import excused


@dataclass(frozen=True)
class Named:
    """A known mistake that has words for the student."""

    function: str
    certainty: Certainty
    tell: Text


@dataclass(frozen=True)
class Told:
    """All that the page of an exercise is made of, beside the snapshot, the moment, the language.

    So two students of whom all of this is equal have the same page (`grader.report.page_cache`).
    """

    exercise: dict[str, Any]  # fields of its result, without those that no page tells
    checks: list[dict[str, Any]]  # likewise
    closed: frozenset[str]  # functions whose points are kept back
    free: dict[str, list[str]]  # of its checks that count: the functions that have paid
    mistakes: list[Named]

    @property
    def has_words(self) -> bool:
        """Whether the page quotes the student's code: that is nobody else's, and may be long."""
        return any(check.get("detail") or check.get("output") for check in self.checks)

    def result(self) -> ExerciseResult:
        """The result with nothing in it that is not told."""
        checks = [CheckResult(**check, seconds=0.0) for check in self.checks]
        return ExerciseResult(**self.exercise, seconds=0.0, checks=checks)


def told(
    snapshot: Snapshot, record: Record, moment: Moment, mistakes: Sequence[Mistake]
) -> list[Told]:
    """What is told of each exercise, where these mistakes are known."""
    closed = _closed_functions(snapshot, record, moment)
    paid = excused(record.exercises)
    return [
        Told(
            _without(result, "seconds", "checks", "device", "follows_from"),
            [_check(check, moment) for check in result.checks],
            closed,
            {check.id: paid[check.id] for check in result.checks if check.id in paid},
            _named(result, moment, closed, mistakes),
        )
        for result in record.exercises
    ]


def _check(check: CheckResult, moment: Moment) -> dict[str, Any]:
    """Without how long it took and digests, and of a hidden one without what it found."""
    unseen = ["seconds", "traces"]
    if not check.public:
        unseen += ["detail", "output"]
    if not moment.shows_inputs(public=check.public):
        unseen.append("counterexample")
    return _without(check, *unseen)


def _without(result: CheckResult | ExerciseResult, *names: str) -> dict[str, Any]:
    """The fields but for these: much faster than a copy, which a page in the cache needs not."""
    fields = dict(vars(result))
    for name in names:
        del fields[name]
    return fields


def _named(
    result: ExerciseResult, moment: Moment, closed: frozenset[str], mistakes: Sequence[Mistake]
) -> list[Named]:
    """The mistakes that have words for the student: before publication by public checks alone."""
    shown = [check for check in result.checks if check.public or moment.published]
    return [
        Named(one.function, one.certainty, one.mistake.tell)
        for one in diagnose([replace(result, checks=shown)], mistakes)
        if one.mistake.tell and one.function not in closed
    ]


def _closed_functions(snapshot: Snapshot, record: Record, moment: Moment) -> frozenset[str]:
    """Functions whose points are kept back: a check of theirs is, or one counts only by such."""
    if moment.published:
        return frozenset()
    results = [(entry.id, check) for entry in record.exercises for check in entry.checks]
    closed = {
        check.of
        for exercise, check in results
        if not is_shown(snapshot.check(exercise, check.id), snapshot.due, moment)
    }
    while more := {c.of for _, c in results if closed & set(c.passes_with)} - closed:
        closed |= more
    return frozenset(closed)

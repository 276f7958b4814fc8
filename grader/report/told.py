"""What of a record its student may be told, exercise by exercise: pages are made of this alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from operator import attrgetter
from typing import Any

from grader.course.toml import Text
from grader.diagnosis.mistakes import Mistake
from grader.diagnosis.rule import Certainty, diagnose
from grader.records.assignment_snapshot import Snapshot
from grader.records.record import CheckResult, ExerciseResult, Record
from grader.report.moment import Moment, is_shown
from grader.scoring.points import excused

_Row = tuple[tuple[str, ...], tuple[Any, ...]]  # names of fields, and their values


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

    exercise: _Row
    checks: list[_Row]
    closed: frozenset[str]  # functions whose points are kept back
    free: dict[str, list[str]]  # of its checks that count: the functions that have paid
    mistakes: list[Named]

    @cached_property
    def result(self) -> ExerciseResult:
        """The result with nothing in it that is not told; the same in every language."""
        checks = [CheckResult(**_by_name(check), seconds=0.0) for check in self.checks]
        return ExerciseResult(**_by_name(self.exercise), seconds=0.0, checks=checks)


class _Fields:
    """The fields of a result that are told: all but those that are named here."""

    def __init__(self, kind: type[CheckResult | ExerciseResult], *untold: str) -> None:
        self._names = tuple(own.name for own in fields(kind) if own.name not in untold)
        self._values = attrgetter(*self._names)

    def of(self, result: CheckResult | ExerciseResult) -> _Row:
        """Names and values, not a copy: most pages come from the cache and never need one."""
        return self._names, self._values(result)


_OF_EXERCISE = _Fields(ExerciseResult, "seconds", "checks", "device", "follows_from")


@cache
def _of_check(*, public: bool, with_inputs: bool) -> _Fields:
    """Without how long it took and digests, and of a hidden one without what it found."""
    unseen = () if public else ("detail", "output")
    unasked = () if with_inputs else ("counterexample",)
    return _Fields(CheckResult, "seconds", "traces", *unseen, *unasked)


def _by_name(row: _Row) -> dict[str, Any]:
    return dict(zip(*row, strict=True))


def told(
    snapshot: Snapshot, record: Record, moment: Moment, mistakes: Sequence[Mistake]
) -> list[Told]:
    """What is told of each exercise, where these mistakes are known."""
    closed = _closed_functions(snapshot, record, moment)
    of_check = {
        public: _of_check(public=public, with_inputs=moment.shows_inputs(public=public))
        for public in (True, False)
    }
    paid = excused(record.exercises)
    return [
        Told(
            _OF_EXERCISE.of(result),
            [of_check[check.public].of(check) for check in result.checks],
            closed,
            {check.id: paid[check.id] for check in result.checks if check.id in paid},
            _named(result, moment, closed, mistakes),
        )
        for result in record.exercises
    ]


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

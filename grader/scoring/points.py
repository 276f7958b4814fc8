"""The rule by which outcomes become points, in exact fractions.

A function whose core checks all pass has `CORE` of its points; its edge checks add up to `EDGE`,
its manners up to `MANNERS`. Otherwise it has half of the part of its core checks that pass, and
nothing else. The share of a kind that a function has no checks of goes to core.

The shares were chosen by simulation over every mutant of two assignments: docs/decisions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from grader.course.exercise import Exercise, Function, Kind
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, FunctionResult

CORE, EDGE, MANNERS = Fraction(70, 100), Fraction(20, 100), Fraction(10, 100)
SHARE = {Kind.CORE: CORE, Kind.EDGE: EDGE, Kind.MANNERS: MANNERS}
NOT_WHOLE = Fraction(1, 2)

DIGITS = 4  # of points in a record

_PASSED = Outcome.PASSED
_COST_NOTHING = (_PASSED, Outcome.BROKEN)


def function_share(results: Iterable[tuple[Kind, bool]]) -> Fraction:
    """The part of a function's points that is earned, 0 to 1: `results` says what passed.

    A function without any check earns nothing: nobody has seen it work.
    """
    passed: dict[Kind, list[bool]] = {kind: [] for kind in Kind}
    for kind, is_passed in results:
        passed[kind].append(is_passed)
    core = passed[Kind.CORE]
    if not core:
        return Fraction(0)
    if not all(core):
        return NOT_WHOLE * Fraction(sum(core), len(core))
    lost = Fraction(0)
    for kind in (Kind.EDGE, Kind.MANNERS):
        if own := passed[kind]:
            lost += SHARE[kind] * Fraction(own.count(False), len(own))
    return 1 - lost


def points(possible: float, share: Fraction) -> float:
    """Points for a share of `possible`, as a record holds them."""
    return round(float(Fraction(possible) * share), DIGITS)


def total(earned: Sequence[float | None]) -> float | None:
    """The sum; None when a part has no score yet."""
    if None in earned:
        return None
    return round(sum((part for part in earned if part is not None), 0.0), DIGITS)


def totals(results: Sequence[ExerciseResult]) -> tuple[float | None, float | None]:
    """The points of a record, and those of its bonus exercises."""
    return (
        total([result.points for result in results if not result.extra]),
        total([result.points for result in results if result.extra]),
    )


def score(exercises: Sequence[Exercise], results: Sequence[ExerciseResult]) -> list[ExerciseResult]:
    """The results with the points of every function, in the order of `exercises`."""
    free = excused(results)
    by_id = {exercise.id: exercise for exercise in exercises}
    return [_scored(by_id[result.id], result, free) for result in results if result.id in by_id]


def excused(results: Sequence[ExerciseResult]) -> dict[str, list[str]]:
    """Checks that failed through a slip that was paid for already, and the functions that paid.

    Such a check passes once other functions are the reference's, and one of these has lost points
    by itself. Where functions only fail with one another, the first of them pays: what it has
    paid with is not excused in turn by those whose checks it excuses.
    """
    failed = [
        check for result in results for check in result.checks if check.outcome not in _COST_NOTHING
    ]
    failing = {check.of for check in failed}
    payers = {check.id for check in failed if not failing & set(check.passes_with)}
    while True:
        lost = {check.of for check in failed if check.id in payers}
        others = [check for check in failed if check.id not in payers]
        paid = {check.id: [n for n in check.passes_with if n in lost] for check in others}
        free = {name: functions for name, functions in paid.items() if functions}
        paying = [c.id for c in others if c.id not in free and c.of not in lost]
        if not paying:
            return free
        payers.add(paying[0])


def _scored(exercise: Exercise, result: ExerciseResult, free: Collection[str]) -> ExerciseResult:
    functions = [
        _function(function, result.checks_of(function.name), free)
        for function in exercise.functions
    ]
    return replace(
        result,
        extra=exercise.extra,
        possible=exercise.points,
        functions=functions,
        points=total([function.points for function in functions]),
    )


def _function(
    function: Function, checks: Sequence[CheckResult], free: Collection[str]
) -> FunctionResult:
    """`checks` are those about it."""
    if Outcome.BROKEN in [check.outcome for check in checks]:
        return FunctionResult(function.name, None, function.points)
    passed = tuple((c.kind, c.outcome is _PASSED or c.id in free) for c in checks)
    return FunctionResult(function.name, _earned(function.points, passed), function.points)


@lru_cache(maxsize=10_000)
def _earned(possible: float, passed: tuple[tuple[Kind, bool], ...]) -> float:
    """In a class few things happen to a function."""
    return points(possible, function_share(passed))

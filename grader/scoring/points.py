"""Points by weight, in exact fractions: all checks passed gives all points, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from grader.course.assignment import Check, Exercise
from grader.records.record import CheckResult, ExerciseResult

DIGITS = 4  # of points in a record


def possible_points(exercise: Exercise, check: Check) -> float:
    """What a check is worth in its exercise."""
    return round(exercise.points * check.weight / exercise.weight, DIGITS)


def check_points(exercise: Exercise, check: Check, passed: int, cases: int) -> float:
    """What a check earns when `passed` of its `cases` do."""
    return round(exercise.points * check.weight / exercise.weight * passed / cases, DIGITS)


def exercise_points(exercise: Exercise, results: Sequence[CheckResult]) -> float | None:
    """What an exercise earns; None when one of its checks is ours to run again."""
    if any(result.points is None for result in results):
        return None
    weights = {check.id: Fraction(check.weight) for check in exercise.checks}
    earned = sum(
        (weights[r.id] * Fraction(r.cases_passed, r.cases) for r in results if r.cases), Fraction()
    )
    points = Fraction(exercise.points) * earned / Fraction(exercise.weight)
    return round(float(points), DIGITS)


def total(results: Sequence[ExerciseResult], *, extra: bool) -> float | None:
    """The sum over the exercises, or over the bonus; None when one has no score."""
    earned = [result.points for result in results if result.extra == extra]
    if None in earned:
        return None
    return round(sum((points for points in earned if points is not None), 0.0), DIGITS)

"""Figures of classical test theory: how hard each check was, and whether it tells students apart.

Records without a score (`broken`), or of who handed in nothing, are in none of them.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.records.assignment_snapshot import DescribedExercise, DescribedFunction, Snapshot
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, Record, Status
from grader.scoring.points import excused
from grader.scoring.standing import Standing, standing

MIN_STUDENTS = 3  # two points always lie on a line


@dataclass(frozen=True)
class Summary:
    """Location and spread of a list of numbers. `deviation` is the sample's (n - 1)."""

    n: int
    mean: float
    median: float
    deviation: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class ExerciseFigures:
    """How a class did in one exercise. `share` is the mean share of its points, 0 to 1."""

    id: str
    judged: int
    mean: float
    share: float
    full: int
    partial: int
    none: int


@dataclass(frozen=True)
class FunctionFigures:
    """How a class stands with one function. `standings` counts students."""

    exercise: str
    name: str
    possible: float
    mean: float
    share: float
    standings: Counter[Standing]


@dataclass(frozen=True)
class CheckFigures:
    """How a class did in one check.

    `difficulty` is the share that passed (the p-value of test theory: 1 is easy).
    `discrimination` is the corrected item-total correlation, None where it is not defined.
    """

    exercise: str
    id: str
    judged: int
    passed: int
    difficulty: float | None
    discrimination: float | None
    outcomes: Counter[str]
    median_seconds: float | None
    longest_seconds: float | None


def summarise(values: Sequence[float]) -> Summary | None:
    """None for an empty list."""
    if not values:
        return None
    return Summary(
        n=len(values),
        mean=statistics.fmean(values),
        median=statistics.median(values),
        deviation=statistics.stdev(values) if len(values) > 1 else 0.0,
        lowest=min(values),
        highest=max(values),
    )


def histogram(shares: Sequence[float], bins: int = 10) -> list[int]:
    """Count shares (0 to 1) in equal bins; each holds its lower edge, the last also 1."""
    counts = [0] * bins
    for share in shares:
        # The tiny push keeps 0.7 * 10 = 6.999... in the bin that begins with it.
        counts[min(bins - 1, max(0, int(share * bins + 1e-9)))] += 1
    return counts


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Pearson's r; None for fewer than three pairs or where one side is constant.

    With x of zeros and ones it is the point-biserial correlation.
    """
    if len(x) < MIN_STUDENTS or len(set(x)) == 1 or len(set(y)) == 1:
        return None
    return statistics.correlation(x, y)


def scored(records: Sequence[Record]) -> list[Record]:
    """The records that carry a score of something that was handed in."""
    judged = [r for r in records if r.points is not None and r.extra_points is not None]
    return [record for record in judged if record.status != Status.MISSING]


def of_exercises(snapshot: Snapshot, records: Sequence[Record]) -> list[ExerciseFigures]:
    """Figures of each exercise, in the assignment's order."""
    return [_exercise(entry, scored(records)) for entry in snapshot.exercises]


def of_functions(snapshot: Snapshot, records: Sequence[Record]) -> list[FunctionFigures]:
    """Figures of each function, in the assignment's order."""
    points: dict[tuple[str, str], list[float]] = {}
    standings: dict[tuple[str, str], Counter[Standing]] = {}
    for record in scored(records):
        free = excused(record.exercises)
        for exercise in record.exercises:
            for function in exercise.functions:
                key = exercise.id, function.name
                points.setdefault(key, []).append(function.points or 0.0)
                standings.setdefault(key, Counter())[
                    standing(exercise.checks_of(function.name), free)
                ] += 1
    return [
        _function(entry.id, function, points.get(key, []), standings.get(key, Counter()))
        for entry in snapshot.exercises
        for function in entry.functions
        for key in [(entry.id, function.name)]
    ]


def of_checks(snapshot: Snapshot, records: Sequence[Record]) -> list[CheckFigures]:
    """Figures of each check, in the assignment's order."""
    judged: dict[tuple[str, str], list[tuple[CheckResult, float]]] = {}
    for record in scored(records):
        rests = _rests(record)
        for exercise in record.exercises:
            for check in exercise.checks:
                rest = rests.get(check.of, record.points or 0.0)
                judged.setdefault((exercise.id, check.id), []).append((check, rest))
    return [
        _check(entry, check.id, judged.get((entry.id, check.id), []))
        for entry in snapshot.exercises
        for check in entry.checks
    ]


def _exercise(entry: DescribedExercise, records: Sequence[Record]) -> ExerciseFigures:
    points = [
        exercise.points
        for record in records
        for exercise in record.exercises
        if exercise.id == entry.id and exercise.points is not None
    ]
    full = sum(value >= entry.points for value in points)
    none = sum(value == 0 for value in points)
    mean = statistics.fmean(points) if points else 0.0
    return ExerciseFigures(
        id=entry.id,
        judged=len(points),
        mean=mean,
        share=mean / entry.points if entry.points else 0.0,
        full=full,
        partial=len(points) - full - none,
        none=none,
    )


def _function(
    exercise: str, function: DescribedFunction, points: list[float], standings: Counter[Standing]
) -> FunctionFigures:
    mean = statistics.fmean(points) if points else 0.0
    share = mean / function.points if function.points else 0.0
    return FunctionFigures(exercise, function.name, function.points, mean, share, standings)


def _check(
    entry: DescribedExercise, name: str, judged: list[tuple[CheckResult, float]]
) -> CheckFigures:
    """`judged`: each student's result, and what the student has beside it."""
    items = [float(check.outcome == Outcome.PASSED) for check, _ in judged]
    seconds = [check.seconds for check, _ in judged if check.cases]
    return CheckFigures(
        exercise=entry.id,
        id=name,
        judged=len(judged),
        passed=sum(check.outcome == Outcome.PASSED for check, _ in judged),
        difficulty=statistics.fmean(items) if items else None,
        discrimination=correlation(items, [rest for _, rest in judged]),
        outcomes=Counter(check.outcome for check, _ in judged if check.outcome != Outcome.PASSED),
        median_seconds=statistics.median(seconds) if seconds else None,
        longest_seconds=max(seconds, default=None),
    )


def _rests(record: Record) -> dict[str, float]:
    """Function -> the student's total less its points.

    So that no check is compared with itself: S. Henrysson, "Correction of item-total correlations
    in item analysis", Psychometrika 28 (1963), 211-218. A bonus is not in the total to begin with.
    Rounded, so that noise of floats is no spread.
    """
    return {
        function.name: round((record.points or 0.0) - (function.points or 0.0), 6)
        for exercise in record.exercises
        if not exercise.extra
        for function in exercise.functions
    }

"""Classical test theory: how hard each check was, and whether it tells students apart.

Records without a score (`broken`), or of who handed in nothing, are in none of the figures.

    sums = Sums(snapshot)
    for record in records:
        sums.add(record)
    sums.checks()

Sums of two parts of a class add up (`merge`) to those of both, and all are exact: how a class is
divided changes no figure. They grow with the assignment, not with the class, but for a total each.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat

from grader.records.assignment_snapshot import DescribedExercise, DescribedFunction, Snapshot
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, Record, Status
from grader.scoring.points import excused
from grader.scoring.standing import Standing, standing

MIN_STUDENTS = 3  # two points always lie on a line
_UNITS = 10**6  # of a point: beside a check stand sums of rounded points, so noise is no spread


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
    """How a class stands with one function. `standings` counts students.

    `unchecked` are the others: their points are a person's, or nothing of theirs was run.
    """

    exercise: str
    name: str
    possible: float
    mean: float
    share: float
    standings: Counter[Standing]
    unchecked: int


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


def is_scored(record: Record) -> bool:
    """Whether it carries a score of something that was handed in."""
    scored = record.points is not None and record.extra_points is not None
    return scored and record.status != Status.MISSING


@dataclass
class Correlation:
    """Pearson's r of who passed a check and what they have beside it, as sums of whole numbers.

    With one side of zeros and ones it is the point-biserial correlation.
    """

    students: int = 0
    passed: int = 0
    rests: int = 0
    squares: int = 0
    rests_of_passed: int = 0

    def add(self, rest: int, *, passed: bool) -> None:
        """One student."""
        self.students += 1
        self.rests += rest
        self.squares += rest * rest
        if passed:
            self.passed += 1
            self.rests_of_passed += rest

    def merge(self, other: Correlation) -> None:
        """Add what `other` counted."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def r(self) -> float | None:
        """None for fewer than three students or where one side is constant."""
        n = self.students
        spread = n * self.passed - self.passed**2, n * self.squares - self.rests**2
        if n < MIN_STUDENTS or 0 in spread:
            return None
        return (n * self.rests_of_passed - self.passed * self.rests) / math.sqrt(math.prod(spread))


@dataclass
class _CheckSums:
    beside: Correlation = field(default_factory=Correlation)
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: Counter[float] = field(default_factory=Counter)

    def merge(self, other: _CheckSums) -> None:
        self.beside.merge(other.beside)
        self.outcomes.update(other.outcomes)
        self.seconds.update(other.seconds)


@dataclass
class _FunctionSums:
    points: Counter[float] = field(default_factory=Counter)
    standings: Counter[Standing] = field(default_factory=Counter)

    def merge(self, other: _FunctionSums) -> None:
        self.points.update(other.points)
        self.standings.update(other.standings)


class Sums:
    """What the figures of a class are worked out of. Checks that are gone are in none."""

    def __init__(self, snapshot: Snapshot) -> None:
        entries = snapshot.exercises
        self._snapshot = snapshot
        self._exercises: dict[str, Counter[float]] = {entry.id: Counter() for entry in entries}
        self._functions = {
            (entry.id, function.name): _FunctionSums()
            for entry in entries
            for function in entry.functions
        }
        self._checks = {
            (entry.id, check.id): _CheckSums() for entry in entries for check in entry.checks
        }
        self.shares: list[float] = []  # of the points without bonus: one of each student

    def add(self, record: Record) -> None:
        """Count one student."""
        if not is_scored(record):
            return
        if record.points is not None and record.possible:
            self.shares.append(record.points / record.possible)
        free = excused(record.exercises)
        rests = _rests(record)
        whole = _units(record.points or 0.0)
        for exercise in record.exercises:
            if exercise.points is not None and exercise.id in self._exercises:
                self._exercises[exercise.id][exercise.points] += 1
            by_function: dict[str, list[CheckResult]] = {}
            for check in exercise.checks:
                by_function.setdefault(check.of, []).append(check)
                if sums := self._checks.get((exercise.id, check.id)):
                    passed = check.outcome is Outcome.PASSED
                    sums.beside.add(rests.get(check.of, whole), passed=passed)
                    if not passed:
                        sums.outcomes[check.outcome] += 1
                    if check.cases:
                        sums.seconds[check.seconds] += 1
            for function in exercise.functions:
                if own := self._functions.get((exercise.id, function.name)):
                    own.points[function.points or 0.0] += 1
                    checks = by_function.get(function.name)
                    # points beside a broken check are a person's, as where no check ran
                    if checks and (stands := standing(checks, free)) != Standing.BROKEN:
                        own.standings[stands] += 1

    def merge(self, other: Sums) -> None:
        """Add the students of `other`, of the same assignment."""
        self.shares += other.shares
        for name, points in other._exercises.items():
            self._exercises[name].update(points)
        for key, function in other._functions.items():
            self._functions[key].merge(function)
        for key, check in other._checks.items():
            self._checks[key].merge(check)

    def exercises(self) -> list[ExerciseFigures]:
        """Figures of each exercise, in the assignment's order."""
        return [_exercise(entry, self._exercises[entry.id]) for entry in self._snapshot.exercises]

    def functions(self) -> list[FunctionFigures]:
        """Figures of each function, in the assignment's order."""
        return [
            _function(entry.id, function, self._functions[entry.id, function.name])
            for entry in self._snapshot.exercises
            for function in entry.functions
        ]

    def checks(self) -> list[CheckFigures]:
        """Figures of each check, in the assignment's order."""
        return [_check(*key, sums) for key, sums in self._checks.items()]


def _exercise(entry: DescribedExercise, points: Counter[float]) -> ExerciseFigures:
    judged = points.total()
    full = sum(count for value, count in points.items() if value >= entry.points)
    none = points[0.0]
    mean = _mean(points)
    return ExerciseFigures(
        id=entry.id,
        judged=judged,
        mean=mean,
        share=mean / entry.points if entry.points else 0.0,
        full=full,
        partial=judged - full - none,
        none=none,
    )


def _function(exercise: str, function: DescribedFunction, sums: _FunctionSums) -> FunctionFigures:
    mean = _mean(sums.points)
    share = mean / function.points if function.points else 0.0
    stand = sums.standings
    unchecked = sums.points.total() - stand.total()
    return FunctionFigures(exercise, function.name, function.points, mean, share, stand, unchecked)


def _check(exercise: str, name: str, sums: _CheckSums) -> CheckFigures:
    judged, passed = sums.beside.students, sums.beside.passed
    return CheckFigures(
        exercise=exercise,
        id=name,
        judged=judged,
        passed=passed,
        difficulty=passed / judged if judged else None,
        discrimination=sums.beside.r,
        outcomes=sums.outcomes,
        median_seconds=_median(sums.seconds),
        longest_seconds=max(sums.seconds, default=None),
    )


def _mean(counted: Counter[float]) -> float:
    """0.0 of nothing."""
    if not counted:
        return 0.0
    return math.fsum(_each(counted)) / counted.total()


def _median(counted: Counter[float]) -> float | None:
    """None of nothing."""
    return statistics.median(_each(counted)) if counted else None


def _each(counted: Counter[float]) -> Iterator[float]:
    return chain.from_iterable(repeat(value, count) for value, count in counted.items())


def _rests(record: Record) -> dict[str, int]:
    """Function -> the student's total less its points.

    So that no check is compared with itself: S. Henrysson, "Correction of item-total correlations
    in item analysis", Psychometrika 28 (1963), 211-218. A bonus is not in the total to begin with.
    """
    return {
        function.name: _units((record.points or 0.0) - (function.points or 0.0))
        for exercise in record.exercises
        if not exercise.extra
        for function in exercise.functions
    }


def _units(points: float) -> int:
    return round(points * _UNITS)

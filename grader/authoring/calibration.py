"""What a bug costs, against what it should: a wrong program much, a rare case little, once.

`loss` is in percent of the function's points. A graver bug should not cost less than a lighter one
of the same exercise: such pairs are counted as inverted.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import product

from grader.authoring.candidates import Bug, Severity
from grader.course.exercise import Kind
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, FunctionResult, Record
from grader.scoring.points import excused

# Severity -> least and most that it must cost, in percent of the function's points.
BANDS = {
    Severity.WRONG: (60.0, 100.0),
    Severity.PART: (50.0, 75.0),
    Severity.EDGE: (3.0, 20.0),
    Severity.MANNERS: (1.0, 10.0),
}
# What a mutant of these must pass: a rare case is no matter of ordinary input.
_MUST_PASS = {Severity.EDGE: {Kind.CORE}, Severity.MANNERS: {Kind.CORE, Kind.EDGE}}
_GRAVITY = {Severity.MANNERS: 0, Severity.EDGE: 1, Severity.PART: 2, Severity.WRONG: 2}
_ROUNDING = 0.02  # percent: points have four digits


@dataclass(frozen=True)
class Loss:
    """What one mutant costs."""

    mutant: str
    exercise: str
    bug: Bug
    percent: float

    @property
    def in_band(self) -> bool:
        """Whether it is what its severity must cost."""
        least, most = BANDS[self.bug.severity]
        return least - _ROUNDING <= self.percent <= most + _ROUNDING


@dataclass(frozen=True)
class Spread:
    """The losses of one severity."""

    severity: Severity
    mutants: int
    lowest: float
    median: float
    highest: float
    in_band: int


def loss_of(name: str, bug: Bug, record: Record) -> Loss | None:
    """The mutant's loss; None when its function was not graded."""
    for exercise in record.exercises:
        for function in exercise.functions:
            if function.name == bug.of and function.points is not None:
                return Loss(name, exercise.id, bug, _percent(function))
    return None


def faults(bug: Bug, record: Record) -> list[str]:
    """Why a mutant's record is not what it must be; empty when it is."""
    found: list[str] = []
    loss = loss_of("", bug, record)
    if loss is None:
        return [f"{bug.of}: not graded"]
    free = excused(record.exercises)
    if not loss.in_band:
        least, most = BANDS[bug.severity]
        failed = _failed(record.exercises, bug.of, free)
        found.append(
            f"{bug.of} loses {loss.percent:g} %, {bug.severity} bugs {least:g} to {most:g} %"
            f" ({_named(failed)})"
        )
    graver = [
        check
        for check in _failed(record.exercises, bug.of, free)
        if check.kind in _MUST_PASS.get(bug.severity, ())
    ]
    if graver:
        found.append(f"{bug.severity} bugs must pass {_named(graver)}")
    for exercise in record.exercises:
        for function in exercise.functions:
            lost = function.points is None or _percent(function) > _ROUNDING
            if function.name in bug.also and not lost:
                found.append(f"{function.name} loses nothing, though it is in also")
            # Of another function perhaps some checks were not run, or none: that is no loss.
            failed = _failed(record.exercises, function.name, free)
            if lost and failed and function.name not in {bug.of, *bug.also}:
                found.append(f"{function.name} pays too: {_named(failed)}")
    return found


def spread(losses: Sequence[Loss]) -> list[Spread]:
    """The distribution by severity, gravest first."""
    rows = []
    for severity in Severity:
        own = sorted(loss.percent for loss in losses if loss.bug.severity == severity)
        if own:
            held = sum(x.in_band for x in losses if x.bug.severity == severity)
            median = statistics.median(own)
            rows.append(Spread(severity, len(own), own[0], median, own[-1], held))
    return rows


def inversions(losses: Sequence[Loss]) -> tuple[int, int]:
    """Pairs of one exercise in which the graver bug costs less, and all pairs of two gravities."""
    inverted = pairs = 0
    for graver, lighter in product(losses, losses):
        same = graver.exercise == lighter.exercise
        if same and _GRAVITY[graver.bug.severity] > _GRAVITY[lighter.bug.severity]:
            pairs += 1
            inverted += graver.percent < lighter.percent - _ROUNDING
    return inverted, pairs


def _percent(function: FunctionResult) -> float:
    points = function.points or 0.0
    return round(100 * (1 - points / function.possible), 2) if function.possible else 0.0


def _failed(
    exercises: Sequence[ExerciseResult], function: str, free: Collection[str]
) -> list[CheckResult]:
    return [
        check
        for exercise in exercises
        for check in exercise.checks_of(function)
        if check.outcome != Outcome.PASSED and check.id not in free
    ]


def _named(checks: Sequence[CheckResult]) -> str:
    return ", ".join(f"{c.id} [{c.kind}, {c.outcome}]" for c in checks) or "-"

"""The points of a record once a person has decided about it. The record itself stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.records.assignment_snapshot import DescribedExercise, Snapshot
from grader.records.decisions import Decision
from grader.records.record import ExerciseResult, FunctionResult, Record
from grader.scoring.points import DIGITS, total, totals


def decided(snapshot: Snapshot, record: Record, decisions: Sequence[Decision]) -> Record:
    """The record with a person's points in place of its own, and extra credit on top.

    Where nothing was run, every function has the points of that, until somebody gave others. Extra
    credit for a function that the assignment has no more still counts in the total.
    """
    if not decisions:
        return record
    exercises = record.exercises or [_unrun(entry, record) for entry in snapshot.exercises]
    results = [_exercise(result, decisions) for result in exercises]
    points, extra_points = totals(results)
    known = {function.name for result in results for function in result.functions}
    apart = [d.extra for d in decisions if d.function not in known and d.extra]
    return replace(
        record, exercises=results, points=total([points, *apart]), extra_points=extra_points
    )


def _exercise(result: ExerciseResult, decisions: Sequence[Decision]) -> ExerciseResult:
    functions = [
        _function(function, [d for d in decisions if d.function == function.name])
        for function in result.functions
    ]
    return replace(result, functions=functions, points=total([f.points for f in functions]))


def _function(function: FunctionResult, decisions: Sequence[Decision]) -> FunctionResult:
    points = next((d.points for d in decisions if d.points is not None), function.points)
    if points is not None:
        points = round(points + sum(d.extra for d in decisions), DIGITS)
    return replace(function, points=points)


def _unrun(entry: DescribedExercise, record: Record) -> ExerciseResult:
    points = record.points_of_unrun
    functions = [FunctionResult(f.name, points, f.points) for f in entry.functions]
    return replace(ExerciseResult.unscored(entry, []), functions=functions)

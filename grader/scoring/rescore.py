"""The points of a record worked out again: the declared points changed, the outcomes did not."""

from __future__ import annotations

from dataclasses import replace

from grader.course.assignment import Assignment
from grader.course.exercise import Check, Exercise
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, Message, Record
from grader.scoring.points import score, totals
from grader.scoring.waiting import waits_for


def rescored(assignment: Assignment, record: Record) -> Record:
    """The record with what its outcomes are worth now, of the same exercises and checks."""
    exercises = {exercise.id: exercise for exercise in assignment.exercises}
    current = [_declared_anew(exercises[result.id], result) for result in record.exercises]
    results = score(assignment.exercises, current)
    points, extra_points = totals(results)
    return replace(
        record,
        points=points,
        possible=assignment.possible,
        extra_points=extra_points,
        extra_possible=assignment.extra_possible,
        exercises=results,
    )


def _declared_anew(exercise: Exercise, result: ExerciseResult) -> ExerciseResult:
    """What each check is about, and of which kind, may have changed as well."""
    declared = {check.id: check for check in exercise.checks}
    passed = {check.id for check in result.checks if check.outcome == Outcome.PASSED}
    checks = [_check(exercise, declared[check.id], check, passed) for check in result.checks]
    return replace(result, checks=checks)


def _check(exercise: Exercise, check: Check, result: CheckResult, passed: set[str]) -> CheckResult:
    message = _message(exercise, check, result.message, passed)
    return replace(result, of=check.of, kind=check.kind, message=message)


def _message(
    exercise: Exercise, check: Check, message: Message | None, passed: set[str]
) -> Message | None:
    """A check that was not run names by its title the one that it waits for."""
    if message is None or message.code != "skipped":
        return message
    return waits_for(check, exercise, passed)

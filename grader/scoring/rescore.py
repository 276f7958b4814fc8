"""The points of a record worked out again: the declared points changed, the outcomes did not."""

from __future__ import annotations

from dataclasses import replace

from grader.course.assignment import Assignment, Check, Exercise
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, Message, Record
from grader.scoring.points import check_points, exercise_points, possible_points, total


def rescored(assignment: Assignment, record: Record) -> Record:
    """The record with what its outcomes are worth now, of the same exercises and checks."""
    exercises = {exercise.id: exercise for exercise in assignment.exercises}
    results = [_exercise(exercises[result.id], result) for result in record.exercises]
    return replace(
        record,
        points=total(results, extra=False),
        possible=assignment.possible,
        extra_points=total(results, extra=True),
        extra_possible=assignment.extra_possible,
        exercises=results,
    )


def _exercise(exercise: Exercise, result: ExerciseResult) -> ExerciseResult:
    checks = {check.id: check for check in exercise.checks}
    passed = {check.id for check in result.checks if check.outcome == Outcome.PASSED}
    results = [_check(exercise, checks[check.id], check, passed) for check in result.checks]
    return replace(
        result,
        extra=exercise.extra,
        points=exercise_points(exercise, results),
        possible=exercise.points,
        checks=results,
    )


def _check(exercise: Exercise, check: Check, result: CheckResult, passed: set[str]) -> CheckResult:
    earned = 0.0
    if result.cases:
        earned = check_points(exercise, check, result.cases_passed, result.cases)
    return replace(
        result,
        points=None if result.points is None else earned,
        possible=possible_points(exercise, check),
        message=_message(exercise, check, result.message, passed),
    )


def _message(
    exercise: Exercise, check: Check, message: Message | None, passed: set[str]
) -> Message | None:
    """A check that was not run names by its title the one that it waits for."""
    if message is None or message.code != "skipped":
        return message
    waited = next(c for c in exercise.checks if c.id in check.needs and c.id not in passed)
    return Message("skipped", {f"title.{lang}": text for lang, text in waited.title.items()})

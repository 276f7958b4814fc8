"""Forbidden names: what is told to a guest of an exercise, and what a use costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.boundary.guest.uses import Use
from grader.boundary.submitted import Rules, Searched
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.course.families import FAMILIES
from grader.course.forbidden import Forbidden
from grader.records.record import Message


def searched(assignment: Assignment) -> dict[str, Searched]:
    """Exercise id -> what of the source is searched for what."""
    return {
        exercise.id: Searched(
            exercise.file,
            exercise.uses,
            exercise.names,
            tuple(n for rule in assignment.forbidden_in(exercise) for n in rule.searched),
        )
        for exercise in assignment.exercises
    }


def rules_of(assignment: Assignment, exercise: Exercise) -> Rules:
    """What does not work while this exercise is checked."""
    forbidden = assignment.forbidden_in(exercise)
    return Rules(
        assignment.package,
        tuple(dict.fromkeys(family for rule in forbidden for family in rule.families)),
        tuple(dict.fromkeys(name for rule in forbidden for name in rule.names)),
        assignment.allowed_packages,
    )


def blame_for_source(
    assignment: Assignment, uses: Mapping[str, Sequence[Use]]
) -> dict[str, Message]:
    """Exercise id -> the message for the first use in the source that concerns it."""
    found = {
        exercise.id: blame(assignment, exercise, uses.get(exercise.id, ()))
        for exercise in assignment.exercises
    }
    return {name: message for name, message in found.items() if message is not None}


def blame(assignment: Assignment, exercise: Exercise, uses: Sequence[Use]) -> Message | None:
    """The message for the first of `uses` that breaks a rule of the exercise."""
    for use in uses:
        if not use.rule:
            return _message(assignment, use, None)
        for rule in assignment.forbidden_in(exercise):
            if rule.covers(use.rule):
                return _message(assignment, use, rule)
    return None


def _message(assignment: Assignment, use: Use, rule: Forbidden | None) -> Message:
    place = {"name": use.name[:200], "file": use.file[:200], "line": str(use.line)[:20]}
    if family := FAMILIES.get(use.rule):
        place |= {f"rule.{language}": text for language, text in family.title.items()}
    else:
        place["rule"] = use.rule
    if rule is None:
        allowed = ", ".join(assignment.allowed_packages)
        below = use.name.partition(".")[0] in {"ctypes", *assignment.allowed_packages}
        code = "forbidden_below" if below else "forbidden_package"
        return Message(code, {**place, "allowed": allowed})
    instead = {f"instead.{language}": text for language, text in rule.instead.items()}
    code = "forbidden" if use.sure else "forbidden_near" if use.file else "forbidden_somewhere"
    return Message(code, {**place, **instead})

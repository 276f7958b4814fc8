"""Forbidden names: which file is searched for what, and which exercise a use costs."""

from __future__ import annotations

from collections.abc import Collection

from grader.boundary.guest.uses import Use
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.course.forbidden import Forbidden
from grader.records.record import Message


def names_by_file(assignment: Assignment, files: list[str]) -> dict[str, list[str]]:
    """File -> the names forbidden in it. A helper file of the student's obeys every rule."""
    assigned = {file.name for file in assignment.files}
    return {
        file: [
            name
            for rule in assignment.forbidden
            if not rule.files or file in rule.files or file not in assigned
            for name in rule.names
        ]
        for file in files
    }


def blame_for_source(assignment: Assignment, uses: list[Use]) -> dict[str, Message]:
    """Exercise id -> the message for the first use in the source that concerns it.

    A use inside a function or class that belongs to exercises concerns those alone; one at the
    top level or in a private helper concerns every exercise of its file; one in a helper file
    concerns every exercise. A rule for some functions only is deaf outside them.
    """
    found: dict[str, Message] = {}
    for use in uses:
        rule = _rule_broken(assignment, use)
        if rule is None and use.rule:
            continue
        for exercise in _concerned(assignment, use):
            found.setdefault(exercise.id, _message(assignment, use, rule))
    return found


def blame_at_run_time(
    assignment: Assignment, penalised: Collection[str], uses: list[Use]
) -> Message | None:
    """The message for the first use at run time that is not already penalised.

    `penalised`: ids of exercises. Calling the code of one of them is not forbidden; but if nobody
    lost points for it, the caller hid it there, and does.
    """
    for use in uses:
        rule = _rule_broken(assignment, use)
        if rule is None and use.rule:
            continue
        if not all(e.id in penalised for e in _concerned(assignment, use)):
            return _message(assignment, use, rule)
    return None


def _rule_broken(assignment: Assignment, use: Use) -> Forbidden | None:
    """The rule that was broken; None for a foreign package, and where no rule listens."""
    for rule in assignment.forbidden:
        if use.rule in rule.names and (not rule.within or use.scope in rule.within):
            return rule
    return None


def _concerned(assignment: Assignment, use: Use) -> list[Exercise]:
    own = [exercise for exercise in assignment.exercises if exercise.file == use.file]
    return (
        [exercise for exercise in own if use.scope in exercise.names]
        or own
        or list(assignment.exercises)
    )


def _message(assignment: Assignment, use: Use, rule: Forbidden | None) -> Message:
    place = {"name": use.name[:200], "file": use.file[:200], "line": str(use.line)[:20]}
    place["rule"] = use.rule
    if rule is not None:
        instead = {f"instead.{language}": text for language, text in rule.instead.items()}
        return Message("forbidden", {**place, **instead})
    allowed = ", ".join(assignment.allowed_packages)
    return Message("forbidden_package", {**place, "allowed": allowed})

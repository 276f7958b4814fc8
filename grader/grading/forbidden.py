"""Forbidden names: which file is searched for what, and which exercise a hit costs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from grader.course.assignment import Assignment, Exercise, Forbidden
from grader.records.record import Message

_TEXTS = ("rule", "name", "file", "scope")  # of a hit


def rules_for(assignment: Assignment, files: list[str]) -> dict[str, list[str]]:
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


def violations(assignment: Assignment, survey: dict[str, Any]) -> dict[str, Message]:
    """Exercise id -> the message for the first forbidden name that concerns it.

    A hit inside a function or class that belongs to exercises concerns those alone; one at the
    top level or in a private helper concerns every exercise of its file; one in a helper file
    concerns every exercise. A rule for some functions only is deaf outside them.
    """
    found: dict[str, Message] = {}
    for file, hits in survey.items():
        for hit in hits:
            rule = _rule(assignment, hit)
            if rule is None and hit["rule"]:
                continue
            for exercise in _concerned(assignment, file, hit["scope"]):
                found.setdefault(exercise.id, _message(assignment, file, hit, rule))
    return found


def verdict(assignment: Assignment, charged: Collection[str], hits: list[Any]) -> Message | None:
    """The message for the first name used at run time that somebody has yet to pay for.

    `charged`: ids of exercises that have paid. Who merely calls the code of an exercise that has
    paid does nothing forbidden; but if nobody has, the caller hid it there, and pays. The hits are
    a guest's word: shape unknown.
    """
    for hit in hits:
        if type(hit) is not dict or not all(type(hit.get(key)) is str for key in _TEXTS):
            continue
        rule = _rule(assignment, hit)
        if rule is None and hit["rule"]:
            continue
        if all(e.id in charged for e in _concerned(assignment, hit["file"], hit["scope"])):
            continue
        return _message(assignment, hit["file"][:200], hit, rule)
    return None


def _rule(assignment: Assignment, hit: dict[str, Any]) -> Forbidden | None:
    """The rule that was broken; None for a foreign package, and where no rule listens."""
    for rule in assignment.forbidden:
        if hit["rule"] in rule.names and (not rule.within or hit["scope"] in rule.within):
            return rule
    return None


def _concerned(assignment: Assignment, file: str, scope: str) -> list[Exercise]:
    own = [exercise for exercise in assignment.exercises if exercise.file == file]
    return (
        [exercise for exercise in own if scope in exercise.names]
        or own
        or list(assignment.exercises)
    )


def _message(
    assignment: Assignment, file: str, hit: dict[str, Any], rule: Forbidden | None
) -> Message:
    place = {"name": hit["name"][:200], "file": file, "line": str(hit["line"])[:20]}
    place["rule"] = hit["rule"]
    if rule is not None:
        instead = {f"instead.{language}": text for language, text in rule.instead.items()}
        return Message("forbidden", {**place, **instead})
    allowed = ", ".join(assignment.allowed_packages)
    return Message("forbidden_package", {**place, "allowed": allowed})

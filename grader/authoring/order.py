"""After which exercise another can be checked, where cells run from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping

from grader.course.assignment import Assignment
from grader.intake.cells import Cell
from grader.intake.statements import parse


def checked_after(assignment: Assignment, solved: Mapping[str, str]) -> dict[str, str]:
    """Exercise id -> the last exercise of which its solution calls a function, often itself.

    `solved` are the reference's files.
    """
    place = {e.id: index for index, e in enumerate(assignment.exercises)}
    owner = {name: e.id for e in reversed(assignment.exercises) for name in e.names}
    uses = _uses(solved)
    after = {}
    for exercise in assignment.exercises:
        pending, seen = list(exercise.names), set[str]()
        while pending:
            name = pending.pop()
            if name not in seen:
                seen.add(name)
                pending += uses.get(name, ())
        needed = {owner[name] for name in seen if name in owner} | {exercise.id}
        after[exercise.id] = max(needed, key=place.__getitem__)
    return after


def _uses(solved: Mapping[str, str]) -> dict[str, set[str]]:
    """Each name at the top level of a file, and the names that it looks up."""
    found: dict[str, set[str]] = {}
    for text in solved.values():
        for statement in parse(Cell(1, text)).statements:
            for name in statement.binds:
                found.setdefault(name, set()).update(statement.uses)
    return found

"""Which exercises can meet what differs between a package and the reference.

Where none can, the guest runs the reference: its checks pass, as the reference's proof has shown,
and need not be run again.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from grader.boundary.guest.reach import Reach
from grader.course.assignment import Assignment


def reached(
    assignment: Assignment, reference: Mapping[str, bytes], files: Mapping[str, bytes]
) -> tuple[str, ...]:
    """The exercises, by id, that may run something of `files` that is not the reference's.

    A file that is missing from one of the two differs. Raises `SyntaxError` for a reference that is
    no Python.
    """
    names = reference.keys() | files.keys()
    differ = {name for name in names if files.get(name) != reference.get(name)}
    trees = {name: ast.parse(source) for name, source in reference.items()}
    reach = Reach(assignment.package, trees, names)
    return tuple(
        exercise.id
        for exercise in assignment.exercises
        if differ & reach.of((exercise.file, *exercise.uses))
    )

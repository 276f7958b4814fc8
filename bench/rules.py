"""What rules cost: `python -m bench.rules HW`.

A right submission is graded in turn with what the homework forbids and with nothing forbidden, in
guests of one launcher, in turn which comes first. CPU seconds of all processes on one core; the
ratio is the median over the pairs. The goal is 1.03. Rules are armed once for a launcher, before.
"""

from __future__ import annotations

import statistics
from dataclasses import replace

from bench.isolation import cpu_of_all, row
from grader.authoring.release import in_memory
from grader.boundary.launchers import Launcher, launcher_for
from grader.checking.plugin import Checks
from grader.course.assignment import Assignment
from grader.grading.submission import grade

PAIRS = 6


def lawless(assignment: Assignment) -> Assignment:
    """The same homework, in which everything may be used."""
    exercises = tuple(replace(exercise, forbidden=()) for exercise in assignment.exercises)
    return replace(assignment, forbidden=(), allowed_packages=(), exercises=exercises)


def cost(
    assignment: Assignment, files: dict[str, bytes], checks: Checks, launcher: Launcher
) -> float:
    """CPU seconds for the submission."""
    before = cpu_of_all()
    submission = in_memory("right", files)
    record = grade(assignment, submission, checks, launcher, assignment.exercises)
    if record.points != assignment.possible:
        raise SystemExit(f"{assignment.id}: {record.points} points")
    return cpu_of_all() - before


def compare(assignment: Assignment, files: dict[str, bytes], checks: Checks) -> None:
    """Print one row."""
    launcher = launcher_for(assignment.preload)
    ways = (assignment, lawless(assignment))
    for way in ways:  # which arms the rules
        cost(way, files, checks, launcher)
    pairs: list[list[float]] = []
    for number in range(PAIRS):
        order = (0, 1) if number % 2 else (1, 0)
        found = {which: cost(ways[which], files, checks, launcher) for which in order}
        pairs.append([found[0], found[1]])
    launcher.close()
    ruled, free = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    print(
        f"{assignment.id}: {ruled:.2f} CPU s a submission with its rules, {free:.2f} without,"
        f" ratio {ratio:.3f}"
    )


if __name__ == "__main__":
    row(compare)

"""What rules cost: `python -m bench.rules HW`.

A right submission is graded in turn with what the homework forbids and with nothing forbidden, in
guests of one launcher, in turn which comes first. CPU seconds of all processes on one core; the
ratio is the median over the pairs. Rules are armed once for a launcher, before.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import replace

from bench.figures import Figure, run
from bench.isolation import cost, on_one_core, right_packages
from grader.boundary.launchers import launcher_for
from grader.checking.plugin import Checks, run_session
from grader.course.assignment import Assignment

PAIRS = 6


def lawless(assignment: Assignment) -> Assignment:
    """The same homework, in which everything may be used."""
    exercises = tuple(replace(exercise, forbidden=()) for exercise in assignment.exercises)
    return replace(assignment, forbidden=(), allowed_packages=(), exercises=exercises)


def figures(options: argparse.Namespace) -> list[Figure]:
    """Medians over the pairs."""
    assignment = on_one_core(options.homework)
    reference = right_packages(assignment)["reference"]
    launcher = launcher_for(assignment.preload)
    ways = (assignment, lawless(assignment))
    pairs: list[list[float]] = []

    def body(checks: Checks) -> None:
        for way in ways:  # which arms the rules
            cost(way, "right", reference, checks, launcher)
        for number in range(PAIRS):
            order = (0, 1) if number % 2 else (1, 0)
            found = {w: cost(ways[w], "right", reference, checks, launcher) for w in order}
            pairs.append([found[0], found[1]])

    run_session(assignment.check_files(), body)
    launcher.close()
    ruled, free = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    name = assignment.id
    return [
        Figure(f"{name}, with its rules", ruled, "s"),
        Figure(f"{name}, without rules", free, "s"),
        Figure(f"{name}, with / without rules", ratio, goal=1.03),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("homework")
    run(figures, parser)

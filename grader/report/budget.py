"""How much a submission can tell its author of the hidden checks, at most.

Student code knows the inputs of a hidden check while it runs, and can choose how the check ends. So
what its author reads afterwards is a channel. Its width is the number of pages that hidden inputs
can make of one submission: how each check ended, in one of a few fixed sentences; points, sums and
the order on the page follow from these. Times, lines, texts and names are not on the page
(`grader.checking.outcomes`).
"""

from __future__ import annotations

from math import log2

from grader.checking.outcomes import HUSHED
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise

# A hidden check passes, counts as passed, is ours to grade again, ended before it met an input, got
# an answer that was too much to look at, was not run for one of three reasons (its needs,
# time-outs, the whole time), or ends by one of these.
HIDDEN = len(HUSHED) + 8
# A public check runs before all hidden ones; only whether it counts is found out after them.
PUBLIC = 2


def bits(assignment: Assignment) -> float:
    """The most that all pages of one submission, in every language, can tell of hidden inputs."""
    return sum(_bits(assignment, exercise) for exercise in assignment.exercises)


def _bits(assignment: Assignment, exercise: Exercise) -> float:
    """Of one exercise, which one forbidden use in a hidden check ends, with the rule in words."""
    rules = assignment.forbidden_in(exercise)
    endings = 1 + sum(len(rule.families) + len(rule.names) for rule in rules)
    hidden = sum(not check.public for check in exercise.checks)
    public = len(exercise.checks) - hidden
    return log2(HIDDEN**hidden * PUBLIC**public + (endings if hidden else 0))

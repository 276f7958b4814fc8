"""What naming mistakes costs: `python -m bench.diagnosis HW`.

Some known bugs are graded, each as a whole submission. CPU seconds of all processes on one core;
beside them what this process spends on digests of what came back, on finding a counterexample and
on naming the mistake.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import process_time
from typing import Any

from bench.figures import Figure, run
from bench.isolation import cpu_of_all, on_one_core
from grader.authoring.candidates import Severity, candidates
from grader.boundary.launchers import launcher_for
from grader.checking import answers, plugin
from grader.checking.plugin import Checks, run_session
from grader.course.assignment import Assignment
from grader.diagnosis import mistakes
from grader.diagnosis.rule import diagnose
from grader.grading.grading import Grading
from grader.grading.submission import grade
from grader.intake.read import Submission

BUGS = 8


class Spent:
    """What a function of ours costs in this process, all its calls together."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.seconds, self._function = 0.0, function

    def __call__(self, *arguments: Any) -> Any:
        """The function's own result."""
        began = process_time()
        try:
            return self._function(*arguments)
        finally:
            self.seconds += process_time() - began


def measured(assignment: Assignment, checks: Checks) -> list[Figure]:
    """Means over the bugs, and the largest share."""
    known = mistakes.load(assignment.folder / mistakes.FILE)
    wrong = [
        c for c in candidates(assignment, full=False) if c.bug and c.bug.severity == Severity.WRONG
    ]
    chosen = wrong[:: max(1, len(wrong) // BUGS)][:BUGS]
    ours = [Spent(plugin.trace), Spent(plugin.counterexample), Spent(diagnose)]
    launcher = launcher_for(assignment.preload)
    plugin.trace, plugin.counterexample, name = ours
    shares, total, found = [], 0.0, 0
    for candidate in chosen:
        before, spent = cpu_of_all(), sum(each.seconds for each in ours)
        submission = Submission.in_memory(candidate.label, candidate.files)
        record = grade(Grading(assignment, submission, checks, launcher), assignment.exercises)
        found += bool(name(record.exercises, known))
        cost = cpu_of_all() - before
        total += cost
        shares.append((sum(each.seconds for each in ours) - spent) / cost)
    launcher.close()
    hw = assignment.id
    return [
        Figure(f"{hw}, a known bug", total / len(chosen), "s"),
        *(
            Figure(f"{hw}, {what}", 1000 * each.seconds / len(chosen), "ms")
            for what, each in zip(("digests", "counterexamples", "names"), ours, strict=True)
        ),
        Figure(f"{hw}, naming, of a submission at most", 100 * max(shares), "%", goal=2),
        Figure(f"{hw}, named of {len(chosen)}", found),
    ]


def figures(options: argparse.Namespace) -> list[Figure]:
    """One homework's, on one core."""
    assignment = on_one_core(options.homework)
    found: list[Figure] = []
    run_session(
        assignment.check_files(),
        lambda checks: found.extend(measured(assignment, checks)),
        right=answers.load(assignment),
    )
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("homework")
    run(figures, parser)

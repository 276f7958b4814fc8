"""What a resubmission costs of which one file has changed: `python -m bench.resubmission HW`.

The reference has been graded. For each of its files, with a line more, in one run:

    anew    every exercise is run
    reused  what would come out the same is taken from the record (`grader.grading.reuse`)

Both records must be the same but for times. Everything is imported before, and what the reference
answers is known. CPU seconds of all processes on one core, summed over the files.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from bench.figures import Figure, run
from bench.isolation import cpu_of_all, on_one_core
from grader.boundary.guest.launcher import preload
from grader.boundary.launchers import launcher_for
from grader.checking.plugin import Checks, run_session
from grader.checking.transcripts import Transcripts
from grader.grading.grading import Grading
from grader.grading.submission import grade
from grader.intake.read import Submission
from grader.records.record import Record


def timeless(record: Record) -> Record:
    """The record without what no two runs have in common."""
    exercises = [
        replace(own, seconds=0.0, checks=[replace(check, seconds=0.0) for check in own.checks])
        for own in record.exercises
    ]
    return replace(record, exercises=exercises, started="", seconds=0.0)


def figures(options: argparse.Namespace) -> list[Figure]:
    """The sums and their ratio."""
    assignment = on_one_core(options.homework)
    preload(list(assignment.preload))
    launcher = launcher_for(assignment.preload)
    files = assignment.reference_files()
    costs = {"anew": 0.0, "reused": 0.0}

    def body(checks: Checks) -> None:
        def graded(files: dict[str, bytes], earlier: Record | None = None) -> Record:
            before = earlier.exercises if earlier else ()
            submission = Submission.in_memory("student", files)
            grading = Grading(assignment, submission, checks, launcher)
            return grade(grading, assignment.exercises, earlier=before)

        first = graded(files)
        for name, content in files.items():
            edited = {**files, name: content + b"# a line more\n"}
            records = []
            for way, earlier in {"anew": None, "reused": first}.items():
                before = cpu_of_all()
                records.append(timeless(graded(edited, earlier)))
                costs[way] += cpu_of_all() - before
            if records[0] != records[1]:
                raise SystemExit(f"{assignment.id}, {name}: the two records differ")

    run_session(assignment.check_files(), body, Transcripts())
    launcher.close()
    name = f"{assignment.id}, one of {len(files)} files changed"
    return [
        Figure(f"{name}, anew", costs["anew"] / len(files), "s"),
        Figure(f"{name}, reused", costs["reused"] / len(files), "s"),
        Figure(f"{name}, reused / anew", costs["reused"] / costs["anew"], goal=0.4),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("homework")
    run(figures, parser)

"""Exercises one after another against the public checks, in the process that judges.

Of `grader check` this process is a twin of its own; whoever needs no more than the results imports
`grader.selfcheck.groups`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from multiprocessing.connection import Connection

from grader.boundary.launchers import Launcher
from grader.checking.plugin import Checks, run_session
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.errors import GraderError
from grader.grading.grading import guests_of
from grader.grading.places import in_cells
from grader.grading.submission import grade_exercises, refused_by_source
from grader.intake.read import Submission
from grader.records.record import ExerciseResult


def checked(
    assignment: Assignment,
    submission: Submission,
    exercises: Sequence[Exercise],
    launcher: Launcher,
) -> Iterator[ExerciseResult]:
    """Each exercise as soon as its checks have run."""
    results: list[ExerciseResult] = []
    with closing(guests_of(launcher, assignment, submission)) as guests:
        refusals = refused_by_source(assignment, guests, exercises)
        for file in dict.fromkeys(exercise.file for exercise in exercises):
            own = [exercise for exercise in exercises if exercise.file == file]
            sources = sorted({check.source for exercise in own for check in exercise.checks})

            def body(checks: Checks, own: list[Exercise] = own) -> None:
                results.extend(grade_exercises(assignment, guests, checks, own, refusals))

            if sources:
                run_session(sources, body)
            for result in results:
                own_python = _by_own_python(result)
                yield in_cells(own_python, assignment.package, submission.places)
            results.clear()


def _by_own_python(result: ExerciseResult) -> ExerciseResult:
    """Without a word on the grader's Python: here it is the student's."""
    checks = [
        replace(check, message=replace(check.message, code="import_failed"))
        if check.message and check.message.code == "import_syntax"
        else check
        for check in result.checks
    ]
    return replace(result, checks=checks)


def serve(
    line: Connection, launcher: Launcher, assignment: Assignment, exercises: Sequence[Exercise]
) -> None:
    """For each submission its results and None, as long as somebody listens; or what ends us."""
    try:
        while True:
            submission = line.recv()
            for result in checked(assignment, submission, exercises, launcher):
                line.send(result)
            line.send(None)
    except GraderError as error:
        line.send(error)
    except (EOFError, BrokenPipeError):
        pass

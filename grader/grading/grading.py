"""One submission on its way to a record: what all ways there begin and end with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from grader.boundary.guests import Guests
from grader.boundary.launchers import Launcher
from grader.boundary.submitted import Submitted
from grader.checking.plugin import Checks
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.grading.forbidden import searched
from grader.grading.results import record_of
from grader.intake.read import Submission
from grader.records.record import ExerciseResult, Record
from grader.scoring.points import score


class Grading:
    """What is graded, and with what. It begins when this is made, and ends with the record."""

    def __init__(
        self, assignment: Assignment, submission: Submission, checks: Checks, launcher: Launcher
    ) -> None:
        self.assignment, self.submission = assignment, submission
        self.checks, self.launcher = checks, launcher
        self._started, self._clock = datetime.now(UTC), time.monotonic()

    def guests(self) -> Guests:
        """Who runs the submission."""
        return guests_of(self.launcher, self.assignment, self.submission)

    def record(
        self, exercises: Sequence[Exercise], results: Sequence[ExerciseResult], layers: list[str]
    ) -> Record:
        """The record of what came of these exercises."""
        return record_of(
            self.assignment,
            self.submission,
            score(exercises, results),
            layers,
            self._started,
            time.monotonic() - self._clock,
        )


def guests_of(launcher: Launcher, assignment: Assignment, submission: Submission) -> Guests:
    """Who runs the submission, within the assignment's limits."""
    return Guests(launcher, package_of(assignment, submission), assignment.limits)


def package_of(assignment: Assignment, submission: Submission) -> Submitted:
    """What a guest is told of a submission."""
    return Submitted(
        package=assignment.package,
        files=submission.files,
        searched=searched(assignment),
        allowed=assignment.allowed_packages,
    )

"""The exercises in groups by the libraries that they need: each has a process that imports them.

The first answer comes before the heavy libraries are loaded: exercises that need none go first,
while the process of the others imports theirs. They stay for the next time (`--watch`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from grader.boundary.launchers import LAUNCHER_START, launcher_for
from grader.boundary.scratch import remove_abandoned
from grader.boundary.twins import Twin
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.errors import PlatformError
from grader.intake.read import Submission
from grader.records.record import ExerciseResult


class Groups:
    """Every group of these exercises, ready to check one submission after another."""

    def __init__(self, assignment: Assignment, exercises: Sequence[Exercise]) -> None:
        start = _Apart if sys.platform == "linux" else _Here
        groups = by_preload(exercises)
        self._groups = [start(assignment, preload, own) for preload, own in groups]

    def results(self, submission: Submission) -> Iterator[ExerciseResult]:
        """Each exercise as soon as its checks have run."""
        for group in self._groups:
            yield from group.results(submission)

    def close(self) -> None:
        """End them all."""
        for group in self._groups:
            group.close()
        if sys.platform == "linux":
            remove_abandoned()  # of those whose launcher had no time to tidy up


def by_preload(exercises: Sequence[Exercise]) -> list[tuple[tuple[str, ...], list[Exercise]]]:
    """The exercises by the libraries that they need, first those that need no heavy one."""
    groups: dict[tuple[str, ...], list[Exercise]] = {}
    for exercise in exercises:
        groups.setdefault(exercise.preload, []).append(exercise)
    return sorted(groups.items(), key=lambda group: len(group[0]))


class _Apart:
    """A group that a process of its own checks, in which libraries are imported once."""

    def __init__(
        self, assignment: Assignment, preload: tuple[str, ...], exercises: list[Exercise]
    ) -> None:
        self._task, self._preload = (assignment, exercises), preload
        self._is_busy = False
        self._start()

    def _start(self) -> None:
        self._twin = Twin("grader.selfcheck.exercises:serve", *self._task, preload=self._preload)

    def results(self, submission: Submission) -> Iterator[ExerciseResult]:
        if self._twin.has_ended() and self._twin.is_told:  # while it was waiting (`--watch`)
            self.close()
            self._start()
        self._is_busy = True
        self._twin.give(submission)
        try:
            while (answer := self._heard()) is not None:
                if isinstance(answer, ExerciseResult):
                    yield answer
        except EOFError:
            raise PlatformError("error.checks_died", reason=self._twin.fate()) from None
        self._is_busy = False

    def _heard(self) -> Any:
        if not self._twin.is_told and not self._twin.line.poll(LAUNCHER_START):
            names = ", ".join(self._preload) or "-"
            raise PlatformError("error.imports_hang", seconds=int(LAUNCHER_START), names=names)
        return self._twin.receive()

    def close(self) -> None:
        # who is importing libraries or checking would have to be waited for
        if self._is_busy or not self._twin.is_told:
            self._twin.kill()
        else:
            self._twin.close()


class _Here:
    """A group that this process checks itself."""

    def __init__(
        self, assignment: Assignment, preload: tuple[str, ...], exercises: list[Exercise]
    ) -> None:
        self._assignment, self._exercises = assignment, exercises
        self._launcher = launcher_for(preload)

    def results(self, submission: Submission) -> Iterator[ExerciseResult]:
        from grader.selfcheck.exercises import checked

        yield from checked(self._assignment, submission, self._exercises, self._launcher)

    def close(self) -> None:
        self._launcher.close()

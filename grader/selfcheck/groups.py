"""The exercises in groups by the libraries that they need: each has a process that imports them.

The first answer comes before the heavy libraries are loaded: exercises that need none go first,
while the process of the others imports theirs. They stay for the next time (`--watch`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from grader.boundary.scratch import remove_abandoned
from grader.boundary.twins import Twin
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.errors import GraderError, PlatformError
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
        serve = "grader.selfcheck.exercises:serve"
        self._twin = Twin(serve, assignment, exercises, preload=preload)
        self._is_busy = False

    def results(self, submission: Submission) -> Iterator[ExerciseResult]:
        self._is_busy = True
        try:
            self._twin.line.send(submission)
            while answer := self._twin.line.recv():
                if isinstance(answer, GraderError):
                    raise answer
                yield answer
        except (EOFError, OSError):
            signal = self._twin.died_of()
            raise PlatformError("error.launcher_gone", reason=f"signal {signal}") from None
        self._is_busy = False

    def close(self) -> None:
        if not self._is_busy:
            self._twin.close()
            return
        self._twin.kill()
        remove_abandoned()  # its launcher died without tidying up


class _Here:
    """A group that this process checks itself."""

    def __init__(
        self, assignment: Assignment, preload: tuple[str, ...], exercises: list[Exercise]
    ) -> None:
        from grader.boundary.launchers import launcher_for

        self._assignment, self._exercises = assignment, exercises
        self._launcher = launcher_for(preload)

    def results(self, submission: Submission) -> Iterator[ExerciseResult]:
        from grader.selfcheck.exercises import checked

        yield from checked(self._assignment, submission, self._exercises, self._launcher)

    def close(self) -> None:
        self._launcher.close()

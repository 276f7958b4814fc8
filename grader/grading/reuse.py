"""Which exercises need not be run again: those of which nothing differs that outcomes follow from.

The guests of an exercise get the files that it can meet, and no others (`grader.boundary.views`).
So how its checks end follows from these files and from what is the same for a whole class: one
digest of all that stands beside the outcomes in a record. With the same digest they are the same.

Unless time, memory or a device had a part in it: then the digest is "", and it is run again.

An earlier record of the same student's is one place where results are found, `Shared` another: in a
class many hand in the same file, the template's not least.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from grader.boundary.requirements import lacking
from grader.boundary.surveys import Survey
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.grading.environment import environment, versions_of
from grader.intake.read import Submission
from grader.records import digests
from grader.records.outcome import Outcome
from grader.records.record import ExerciseResult

# How a check ends in the same way whenever the same is run.
SETTLED = {
    Outcome.PASSED,
    Outcome.FAILED,
    Outcome.RAISED,
    Outcome.UNANSWERED,
    Outcome.FORBIDDEN,
}


MOST_SHARED = 500  # in all, some 10 kB each


class Shared:
    """Results of one worker's submissions, the latest, by what they follow from."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, ExerciseResult] = OrderedDict()

    def find(self, digests_now: Mapping[str, str]) -> dict[str, ExerciseResult]:
        """The results that would come out the same, by exercise."""
        found = {}
        for exercise, own in digests_now.items():
            if own in self._results:
                self._results.move_to_end(own)
                found[exercise] = self._results[own]
        return found

    def keep(self, results: Iterable[ExerciseResult]) -> None:
        """Results before anything is followed through: that follows from the whole submission."""
        for result in results:
            if result.follows_from:
                self._results[result.follows_from] = result
        while len(self._results) > MOST_SHARED:
            self._results.popitem(last=False)


def digests_of(
    assignment: Assignment,
    submission: Submission,
    survey: Survey,
    exercises: Sequence[Exercise],
    right: str,
) -> dict[str, str]:
    """Exercise id -> what its outcomes follow from. Without those of which nobody can say it.

    `right` names what the checks know of right answers: counterexamples follow from it.
    Numbers on a GPU are not the same in each run.
    """
    if lacking(survey.layers):  # then nobody knows what else a guest has met
        return {}
    same_for_all = _same_for_all(assignment, survey, right)
    found = {}
    for exercise in exercises:
        files = survey.reach.get(exercise.id)
        if files is not None and not exercise.gpu:
            checks = (check.id for check in exercise.checks)
            found[exercise.id] = digests.digest(
                same_for_all, exercise.id, digests.digest(*checks), _of_files(submission, files)
            )
    return found


def _same_for_all(assignment: Assignment, survey: Survey, right: str) -> str:
    """Checks and settings, ourselves, what stands in, what right programs answer, the machine."""
    reference = assignment.reference_files() if assignment.reference is not None else {}
    packages = versions_of(frozenset(assignment.allowed_packages).difference(environment()))
    return digests.digest(
        digests.grader(),
        assignment.checks_sha256,
        assignment.settings_sha256,
        json.dumps([environment(), packages, survey.layers], sort_keys=True),
        digests.of_files(reference),
        right,
    )


def _of_files(submission: Submission, names: Iterable[str]) -> str:
    """The files, and where their lines stand in a notebook: a message may name the cell."""
    return digests.digest(
        *(
            part
            for name in sorted(names)
            for part in (name, submission.files[name], repr(submission.places.get(name, ())))
        )
    )


def still_known(
    earlier: Iterable[ExerciseResult], digests_now: dict[str, str]
) -> dict[str, ExerciseResult]:
    """The results of an earlier record that would come out the same, by exercise."""
    return {
        result.id: result
        for result in earlier
        if result.follows_from and result.follows_from == digests_now.get(result.id)
    }

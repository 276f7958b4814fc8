"""Whether a record can be what came of a job: all in it that follows from the job does.

How each check ended is the word of whoever ran it. Who handed in what, which checks there are, what
they are about and what their outcomes are worth is worked out here once more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from grader.course.assignment import Assignment
from grader.course.exercise import Exercise, Kind
from grader.grading.proofs import Way
from grader.grading.results import is_given_up, record_of, unrun
from grader.grading.worker import Job
from grader.records.record import Record, Status
from grader.scoring.points import score

_DECLARED = attrgetter("id", "of", "kind", "public")


def refuse_implausible(assignment: Assignment, job: Job, record: Record) -> None:
    """Raise `ValueError`, which says where, for a record that this job cannot have."""
    expected = _expected(assignment, job, record)
    if record != expected:
        names = vars(expected)
        raise ValueError(next(n for n in names if getattr(record, n) != getattr(expected, n)))


def _expected(assignment: Assignment, job: Job, record: Record) -> Record:
    """What we would write ourselves of a run in which the checks ended as in `record`."""
    started = datetime.fromisoformat(record.started)
    if is_given_up(record):
        return replace(
            unrun(assignment, job.submission),
            status=Status.BROKEN,
            points=None,
            extra_points=None,
            problem=record.problem,
            started=record.started,
        )
    asked = _asked(assignment, job, record)
    for result, exercise in zip(record.exercises, asked, strict=True):
        declared = list(map(_DECLARED, exercise.checks))
        if result.id != exercise.id or list(map(_DECLARED, result.checks)) != declared:
            raise ValueError(f"exercises: {exercise.id}")
        for check in result.checks:
            if not 0 <= check.cases_passed <= check.cases or check.seconds < 0:
                raise ValueError(f"exercises: {exercise.id}, {check.id}")
            for trace in check.traces:
                if not len(trace.asked) == len(trace.answers) == len(trace.forms) > 0:
                    raise ValueError(f"exercises: {exercise.id}, {check.id}, traces")
    results = score(asked, record.exercises)
    return record_of(
        assignment, job.submission, results, record.layers, started, max(0.0, record.seconds)
    )


def _asked(assignment: Assignment, job: Job, record: Record) -> list[Exercise]:
    """What is graded of this job."""
    if job.submission.problem is not None:
        return []
    if job.way != Way.CORE:
        return assignment.only(job.exercises, job.without_checks)
    ran = {check.id for result in record.exercises for check in result.checks}
    return [
        replace(e, checks=tuple(c for c in e.checks if c.kind == Kind.CORE and c.id in ran))
        for e in assignment.exercises
    ]

"""What a cluster sends back: text, of which nothing is believed but what fits the job."""

from __future__ import annotations

import json

from grader.course.assignment import Assignment
from grader.errors import AssignmentInvalid, PlatformError, UsageError
from grader.grading.worker import Job
from grader.records.record import Record

_ERRORS = {kind.__name__: kind for kind in (AssignmentInvalid, UsageError, PlatformError)}


def record_in(text: str, assignment: Assignment, job: Job) -> Record:
    """The record of this job.

    Raises the error that the worker met, and `PlatformError` for anything else.
    """
    try:
        data = json.loads(text)
        if isinstance(data, dict) and "error" in data:
            kind = _ERRORS.get(data["error"], PlatformError)
            raise kind(data["code"], **data["fields"])
        record = Record.from_json(data)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PlatformError("error.cluster_record", reason=error) from error
    wanted = (
        assignment.id,
        job.submission.student,
        job.submission.sha256,
        assignment.checks_sha256,
        assignment.settings_sha256,
    )
    found = (
        record.assignment,
        record.student,
        record.submission_sha256,
        record.checks_sha256,
        record.settings_sha256,
    )
    if found != wanted:
        differing = next(f for f, w in zip(found, wanted, strict=True) if f != w)
        raise PlatformError("error.cluster_record", reason=differing)
    return record

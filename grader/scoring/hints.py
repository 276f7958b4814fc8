"""Whether a check's hint helps: it is about the value, and misleads where something else failed."""

from __future__ import annotations

from grader.course.exercise import Kind
from grader.records.outcome import Outcome
from grader.records.record import CheckResult

# What the message says all of, so that the hint would be about something else.
_OF_ANOTHER_TYPE = {"wrong_type", "misfit", "returned_none"}
_OF_AN_ERROR = {"raised", "raised_hidden"}


def is_hinted(result: CheckResult, *, wants_error: bool) -> bool:
    """Whether the check's hint is to be shown below its message.

    Where a value differed. An exception of the student's is what the hint speaks of only where the
    check wants one (`wants_error`), a dtype where the check is about the rules.
    """
    code = result.message.code if result.message else ""
    if result.outcome == Outcome.RAISED:
        return wants_error and code in _OF_AN_ERROR
    if code == "wrong_dtype":
        return result.kind == Kind.MANNERS
    return result.outcome == Outcome.FAILED and code not in _OF_ANOTHER_TYPE

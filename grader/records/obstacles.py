"""What keeps whole exercises from being judged: said once, wherever people look first."""

from __future__ import annotations

from collections.abc import Sequence

from grader.records.outcome import Outcome
from grader.records.record import CheckResult, Message, Record

_BLOCKING = ("import_", "forbidden", "missing_file")  # what a message's code begins with


def said_by_all(checks: Sequence[CheckResult]) -> Message | None:
    """The message that all checks end with, if it is one."""
    first = checks[0].message if checks else None
    return first if all(check.message == first for check in checks) else None


def names_missing(message: Message | None) -> bool:
    """Whether it says that a function is not there, perhaps for its name."""
    return message is not None and message.code in {"missing", "missing_near"}


def in_the_way(checks: Sequence[CheckResult]) -> Message | None:
    """What keeps every check of an exercise from saying anything, to be said once for all.

    A forbidden name, a file that is not there or cannot be imported. A function or an attribute
    that is not there is no such thing: the rest of the exercise has its own to say. A check that
    was skipped waited for one of the others.
    """
    said = (check.message for check in checks if check.outcome != Outcome.SKIPPED)
    reason = next(said, None)
    if reason is None or not reason.code.startswith(_BLOCKING):
        return None
    return reason if all(message == reason for message in said) else None


def obstacles(record: Record) -> list[Message]:
    """What is in the way of some exercise, each once."""
    found: list[Message] = []
    for exercise in record.exercises:
        reason = in_the_way(exercise.checks)
        if reason is not None and reason not in found:
            found.append(reason)
    return found

"""From what a check raised to an outcome of the closed set, with words for student and staff."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pytest

from grader.boundary.endings import Ending, StudentRaised
from grader.checking.expect import Unmet
from grader.i18n import say
from grader.records.outcome import Outcome
from grader.records.record import Counterexample, Message, Trace

MAX_TEXT = 2000
MAX_DETAIL = 8000

_NOTHING: Mapping[str, str] = MappingProxyType({})

# How a hidden check can end once the student's code has met its inputs, and all that is then said.
# Nothing in these sentences is the student's choice; `grader.report.budget` counts them. Two say no
# more in a public check; what is forbidden has words of the teacher's (`_hushed`).
_SAID_OPENLY = {Outcome.FAILED, Outcome.MEMORY}
HUSHED = {
    outcome: outcome.value if outcome in _SAID_OPENLY else f"{outcome}_hidden"
    for outcome in Outcome
    if outcome.fails and outcome != Outcome.FORBIDDEN
}
_TEACHERS = {
    "rule",
    "instead",
    "allowed",
}  # what a message on a forbidden name has from the teacher


class Overrun(BaseException):
    """The checks' process has used up its time for a check. No check's `except` is meant for it."""


@dataclass(frozen=True)
class Judged:
    """How one case of a check ended."""

    outcome: Outcome
    message: Message | None = None
    detail: str = ""
    trace: Trace | None = None
    counterexample: Counterexample | None = None


def classify(
    error: BaseException | None,
    *,
    answers: int,
    asked: bool,
    public: bool,
    met_hidden: bool,
    returned_none: Mapping[str, str] = _NOTHING,
    own: bool = False,
) -> Judged:
    """The outcome of a check that ended with `error`; `answers` values had come from the student.

    `met_hidden`: the student's code knew a hidden input by then, and may have chosen how it ends.
    `own`: no answer can have caused the error (`grader.checking.own_errors`).

    An `AssertionError` is a wrong value. Another error of the check's own code is put down to the
    student's value once there was one (`None + 1`): `grader verify` proves that the reference
    passes. It is ours where no value can have caused it, and before any answer. What goes over the
    limits of this process is the student's from the first question on: the reference stays within
    them.
    """
    if error is None:
        return Judged(Outcome.PASSED)
    if isinstance(error, Ending):
        told, detail = _told(error), _clean(error.detail, MAX_DETAIL)
        if not met_hidden:
            return Judged(error.outcome, told, detail)
        if not isinstance(error, StudentRaised):  # the traceback says as much
            detail = f"{say(told.code, told.fields, 'en')}\n{detail}".strip()
        return Judged(error.outcome, _hushed(error), detail)
    said = _said(error)[: 2 * MAX_DETAIL]  # it may hold a student's value of any size
    text = _clean(_without_derivation(said), MAX_TEXT)
    detail = _clean(f"{type(error).__name__}: {said}", MAX_DETAIL)
    if asked and _is_too_much(error):
        return Judged(Outcome.UNREADABLE, Message("too_much"), detail)
    judged = isinstance(error, AssertionError | pytest.fail.Exception)
    is_misfit = isinstance(error, Exception) and not isinstance(error, MemoryError) and not own
    if judged or (answers and is_misfit):
        if not public:
            return Judged(Outcome.FAILED, Message("failed"), detail)
        if returned_none and not _wanted_an_error(error):
            return Judged(Outcome.FAILED, Message("returned_none", dict(returned_none)), detail)
        return Judged(Outcome.FAILED, _failed(error, text, judged=judged), detail)
    return Judged(Outcome.BROKEN, Message("broken"), detail)


def _said(error: BaseException) -> str:
    """What an exception says; of a fixture that is not there pytest's own says it in objects."""
    if isinstance(error, pytest.FixtureLookupError):
        return error.msg or f"fixture {error.argname!r} not found"
    return str(error)


def _is_too_much(error: BaseException) -> bool:
    """Whether the check went over what its process may spend (`grader.checking.allowance`)."""
    no_memory = isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error)
    return isinstance(error, Overrun | MemoryError) or no_memory


def _wanted_an_error(error: BaseException) -> bool:
    """Whether the check waited for an exception: what came back does not matter then."""
    return isinstance(error, pytest.fail.Exception) or getattr(error, "code", "") == "no_error"


def _failed(error: BaseException, text: str, *, judged: bool) -> Message:
    if isinstance(error, Unmet):
        fields = {f"text.{lang}": _clean(t, MAX_TEXT) for lang, t in error.texts.items()}
        return Message(f"wrong_{error.about}" if error.about else "assertion", fields)
    return Message("assertion" if judged else "misfit", {"text": text})


def _told(ending: Ending) -> Message:
    """The whole message: of a public check, or of what ended before a hidden input was there."""
    fields = {name: _clean(value, MAX_TEXT) for name, value in ending.message.fields.items()}
    return Message(ending.message.code, fields)


def _hushed(ending: Ending) -> Message:
    """Of a hidden check its outcome, and no word, number or place of the student's own choice.

    A line among a million and one of sixteen exceptions would carry 24 bits of an input. Of a
    forbidden name the rule is told, which is the teacher's word: it costs the whole exercise.
    """
    if ending.outcome != Outcome.FORBIDDEN:
        return Message(HUSHED[ending.outcome])
    fields = {name: value for name, value in ending.message.fields.items() if value}
    ours = {name: fields[name] for name in fields if name.partition(".")[0] in _TEACHERS}
    named = any(name.startswith("rule") for name in ours)
    return Message("forbidden_hidden" if named else "forbidden_package_hidden", ours)


def _without_derivation(text: str) -> str:
    """An assertion's text without pytest's " +  where ..." lines: they tell of our own handles."""
    return "\n".join(line for line in text.splitlines() if not re.match(r" \+ +where ", line))


def _clean(text: str, limit: int) -> str:
    """Cut, and without addresses, which would differ from run to run."""
    text = text.encode("utf-8", "replace").decode()
    text = re.sub(r"0x[0-9a-fA-F]{6,}", "0x…", text)
    return text if len(text) <= limit else text[: limit - 1] + "…"

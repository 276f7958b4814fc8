"""From what a check raised to an outcome of the closed set, with words for student and staff."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pytest

from grader.boundary.endings import Ending, StudentRaised
from grader.checking.expect import Unmet
from grader.records.outcome import Outcome
from grader.records.record import Message

MAX_TEXT = 2000
MAX_DETAIL = 8000

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Judged:
    """How one case of a check ended."""

    outcome: Outcome
    message: Message | None = None
    detail: str = ""


def classify(
    error: BaseException | None,
    *,
    answers: int,
    public: bool,
    returned_none: Mapping[str, str] = _NOTHING,
) -> Judged:
    """The outcome of a check that ended with `error`; `answers` values had come from the student.

    An `AssertionError` is a wrong value. Another error of the check's own code is put down to the
    student's value once there was one (`None + 1`): `grader verify` proves that the reference
    passes. Before any answer it can only be ours.
    """
    if error is None:
        return Judged(Outcome.PASSED)
    if isinstance(error, Ending):
        return Judged(error.outcome, _shown(error, public=public), _clean(error.detail, MAX_DETAIL))
    said = str(error)[: 2 * MAX_DETAIL]  # it may hold a student's value of any size
    text = _clean(_without_derivation(said), MAX_TEXT)
    detail = _clean(f"{type(error).__name__}: {said}", MAX_DETAIL)
    judged = isinstance(error, AssertionError | pytest.fail.Exception)
    if judged or (answers and isinstance(error, Exception) and not isinstance(error, MemoryError)):
        if not public:
            return Judged(Outcome.FAILED, Message("failed"), detail)
        if returned_none and not _wanted_an_error(error):
            return Judged(Outcome.FAILED, Message("returned_none", dict(returned_none)), detail)
        return Judged(Outcome.FAILED, _failed(error, text, judged=judged), detail)
    return Judged(Outcome.BROKEN, Message("broken"), detail)


def _wanted_an_error(error: BaseException) -> bool:
    """Whether the check waited for an exception: what came back does not matter then."""
    return isinstance(error, pytest.fail.Exception) or getattr(error, "code", "") == "no_error"


def _failed(error: BaseException, text: str, *, judged: bool) -> Message:
    if isinstance(error, Unmet):
        fields = {f"text.{lang}": _clean(t, MAX_TEXT) for lang, t in error.texts.items()}
        return Message("assertion", fields)
    return Message("assertion" if judged else "misfit", {"text": text})


def _shown(ending: Ending, *, public: bool) -> Message:
    """What a student may read: of a hidden check no word of the student's own choice.

    Texts and names of types are the student's, and could carry the hidden inputs out.
    """
    code = ending.message.code
    fields = {name: _clean(value, MAX_TEXT) for name, value in ending.message.fields.items()}
    if public:
        return Message(code, fields)
    if isinstance(ending, StudentRaised) and code == "raised":
        return Message("raised_hidden", {"error": fields["builtin"], "where": fields["where"]})
    if code == "unanswered":
        return Message(code, {"name": fields["name"]})
    if code == "unreadable":
        return Message("unreadable_hidden")
    if code in {"forbidden", "forbidden_package"}:
        return Message(code, {**fields, "name": fields["rule"] or "…"})
    if code == "missing_attribute":
        return Message(code, {**fields, "kind": "…"})
    return Message(code, fields)


def _without_derivation(text: str) -> str:
    """An assertion's text without pytest's " +  where ..." lines: they tell of our own handles."""
    return "\n".join(line for line in text.splitlines() if not re.match(r" \+ +where ", line))


def _clean(text: str, limit: int) -> str:
    """Cut, and without addresses, which would differ from run to run."""
    text = text.encode("utf-8", "replace").decode()
    text = re.sub(r"0x[0-9a-fA-F]{6,}", "0x…", text)
    return text if len(text) <= limit else text[: limit - 1] + "…"

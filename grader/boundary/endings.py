"""How a call can end other than with a value: exceptions on the trusted side.

    Ending                 the check cannot go on; carries an outcome and a message
    `- StudentRaised       the student's code raised; a check may expect it

`StudentRaised` is also an instance of the builtin exception that the student raised, so that
`pytest.raises(ValueError)` works in a check as it would without a wall.
"""

from __future__ import annotations

import builtins
import signal
from collections.abc import Mapping
from functools import cache
from typing import Any

from grader.boundary.weights import misfit
from grader.i18n import UNKNOWN
from grader.records.outcome import Outcome
from grader.records.record import Message

_BUILTIN = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
_NAMELESS = {"", "<module>", "<lambda>", "<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>"}
# `for got in map(student.m.f, cases)` would end early and without a word
_ENDS_A_LOOP = {"StopIteration", "StopAsyncIteration"}


class Ending(Exception):
    """A call that brought no value. `outcome` says how the check ends."""

    def __init__(self, outcome: Outcome, message: Message, detail: str = "") -> None:
        super().__init__(message.fields.get("text") or message.code)
        self.outcome = outcome
        self.message = message
        self.detail = detail


class StudentRaised(Ending):
    """The student's code raised; `str()` is the student's own text."""

    def __init__(self, outcome: Outcome, message: Message, detail: str = "") -> None:
        super().__init__(outcome, message, detail)
        self.text = message.fields.get("text", "")

    def __str__(self) -> str:
        return self.text


def raised(error: dict[str, Any], files: Mapping[str, bytes], lines: Mapping[str, int]) -> Ending:
    """The ending for what `grader.boundary.guest.exceptions.describe` sent.

    `files` are those of the submission, `lines` how many each has: a place that is in none of
    them is nobody's.
    """
    kind, text = _string(error, "type"), _string(error, "text")
    frames = _frames(error, files, lines)
    where = f"{frames[-1][0]}, line {frames[-1][1]}" if frames else UNKNOWN
    detail = "\n".join(
        [
            f'  File "{file}", line {line}, in {name}\n    {source}'
            for file, line, name, source in frames
        ]
        + [f"{kind}: {text}"]
    )
    bases = error.get("bases")
    # of a hostile list nothing may be kept but names that we know
    bases = [b for b in bases if type(b) is str and b in _BUILTIN] if type(bases) is list else []
    if error.get("memory") is True:
        return Ending(Outcome.MEMORY, Message("memory"), detail)
    if "SystemExit" in bases:
        return Ending(Outcome.CRASHED, Message("exited"), detail)
    outcome = Outcome.UNANSWERED if "NotImplementedError" in bases else Outcome.RAISED
    name = frames[-1][2] if frames else ""
    builtin = bases[0] if bases else "Exception"
    fields = {"error": kind, "builtin": builtin, "text": text, "where": where, "name": name}
    message = Message(outcome.value, fields)
    if error.get("process") is True:
        message = Message("processes", {"where": where})
    elif not frames:  # raised by what a check asked for, and by no line of the student's
        message = misfit(text) or message
    found = (_joined(name) for name in bases)
    ending = next((joined for joined in found if joined), StudentRaised)
    return ending(outcome, message, detail)


@cache
def _joined(name: str) -> type[StudentRaised] | None:
    """`StudentRaised` joined with a builtin exception; None where the two do not mix."""
    kind = _BUILTIN[name]
    if not issubclass(kind, Exception) or kind is Exception or name in _ENDS_A_LOOP:
        return None
    try:
        joined = type(f"Student{name}", (StudentRaised, kind), {})
        joined(Outcome.RAISED, Message("raised"))
    except TypeError:  # a layout or a constructor that does not mix, as UnicodeDecodeError's
        return None
    return joined


def _string(error: dict[str, Any], key: str) -> str:
    value = error.get(key)
    return value[:4000] if isinstance(value, str) else ""


def _frames(
    error: dict[str, Any], files: Mapping[str, bytes], lines: Mapping[str, int]
) -> list[tuple[str, int, str, str]]:
    """File, line, function, source line. A forged place could carry the hidden inputs out."""
    frames = error.get("frames")
    found = []
    for frame in (frames if isinstance(frames, list) else [])[:20]:
        if not isinstance(frame, tuple) or [type(part) for part in frame] != [str, int, str, str]:
            continue
        file, line, name, source = frame
        if is_place(file, line, lines):
            known = name.encode("utf-8", "replace") in files[file] or name in _NAMELESS
            found.append((file, line, name[:100] if known else "-", source[:200]))
    return found


def is_place(file: Any, line: Any, lines: Mapping[str, int]) -> bool:
    """Whether there is such a line, by the number of lines of each file."""
    return type(file) is str and type(line) is int and 0 <= line <= lines.get(file, -1)


def signal_name(number: int) -> str:
    """SIGSEGV; most real-time signals have no name of their own."""
    known = {own.value: own.name for own in signal.Signals}
    return known.get(number, f"SIGRTMIN+{number - signal.SIGRTMIN}")

"""What came back in one case of a check, in digests that say which answers are equal.

A wrong value is a fingerprint of the mistake behind it (`grader.diagnosis`). Numbers count at four
significant digits and without their dtype, and what is a millionth of its neighbours is 0: another
order of sums gives the same digest. Of an object that stays with the student, and of an exception,
only the kind counts; its name and its words are the student's own.
"""

from __future__ import annotations

import builtins
import json
import math
import sys
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from grader.boundary import wire
from grader.boundary.channel import RawReply
from grader.checking.conversation import Question, Step
from grader.checking.shown import Kept
from grader.records.outcome import Outcome
from grader.records.record import Trace

MOST_ANSWERS = 64
MOST_BYTES = 1 << 20  # of all answers together: beyond, a trace would cost more than the check
NEGLIGIBLE = 1e-6  # of the largest number beside it


def trace(case: str, outcome: Outcome, said: Sequence[Step]) -> Trace | None:
    """The trace of a case. None where nothing came back, and where it was too much."""
    answered = [step for step in said if step.answer is not None]
    sizes = [_size(step) for step in answered]
    if not 0 < len(answered) <= MOST_ANSWERS or sum(sizes) > MOST_BYTES:
        return None
    asked, answers, chain = list[str](), list[str](), ""
    first, telling = "", False
    for step in said:
        chain = _digest(f"{chain} {_function(step.question)}")
        if step.answer is None:
            continue
        kind, value = read(step)
        asked.append(chain)
        answers.append(digest(kind, value))
        first = _first(value)
        telling |= kind == "value" and type(value) not in {int, bool, type(None)}
    return Trace(case, outcome, asked, answers, first, telling)


def _size(step: Step) -> int:
    reply = step.answer
    return len(reply.header) + len(reply.body) if isinstance(reply, RawReply) else 0


def _function(question: Question) -> str:
    """What was asked, without the arguments: a check passes on what it got before."""
    if not isinstance(question, bytes):
        return ".".join(question)
    header, _ = wire.parts(question)
    return " ".join(part for part in json.loads(header)[1]["v"][:3] if isinstance(part, str))


def digest(kind: str, value: Any) -> str:
    """Names an answer: see above for which are equal."""
    return _digest(f"{kind} {_text(value)}")


def read(step: Step) -> tuple[str, Any]:
    """The kind of an answer, and the value where there is one."""
    if not isinstance(step.answer, RawReply):
        return str(getattr(step.answer, "outcome", "")), None
    try:
        reply = wire.decode(step.answer.header, step.answer.body, Kept)
    except wire.WireError:
        return "broken", None
    if not isinstance(reply, tuple) or len(reply) < 3 or not isinstance(reply[1], str):
        return "broken", None
    kind, value = reply[1:3]
    if kind == "raised":
        return kind, _error(value)
    return kind, value if kind == "value" else None


def _error(described: Any) -> str:
    """The builtin exception that it is: names of one's own say nothing."""
    told = described.get("bases") if isinstance(described, dict) else None
    bases = told if isinstance(told, list) else []
    known = [base for base in bases if isinstance(base, str) and hasattr(builtins, base)]
    return known[0] if known else ""


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{_text(k)}:{_text(v)}" for k, v in value.items())) + "}"
    if isinstance(value, set | frozenset):
        return "{" + ",".join(sorted(map(_text, value))) + "}"
    if isinstance(value, list | tuple):
        plain = all(type(item) in {int, float} for item in value)
        return "[" + (_numbers(value) if plain else ",".join(map(_text, value))) + "]"
    if isinstance(value, Kept):
        return repr("an object")
    if isinstance(value, str | bytes | bool | None):
        return repr(value)
    if isinstance(value, int | float):
        return _numbers([value])
    numbers = _numbers(value.reshape(-1).tolist())
    return f"<{tuple(value.shape)} {numbers}>" if value.shape else numbers


def _numbers(values: Sequence[Any]) -> str:
    """Integers as they are, others at four digits, with commas between them."""
    sizes = (abs(value) for value in values if not isinstance(value, int))
    least = NEGLIGIBLE * max((size for size in sizes if size < math.inf), default=0)
    if any(isinstance(value, complex) for value in values):
        return ",".join("0" if abs(value) < least else f"{value:.4g}" for value in values)
    # one format for all: a trace may hold a hundred thousand numbers
    form = ",".join("%d" if isinstance(value, int) else "%.4g" for value in values)
    return form % tuple(
        0.0 if not isinstance(value, int) and (not value or abs(value) < least) else value
        for value in values
    )


def _first(value: Any) -> str:
    """The digest of the first array in a list, tuple or dict that has more in it."""
    inner = value
    while isinstance(inner, list | tuple | dict) and inner:
        inner = next(iter(inner.values() if isinstance(inner, dict) else inner))
    return _digest(_text(inner)) if inner is not value and _is_array(inner) else ""


def _is_array(value: Any) -> bool:
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    return (numpy is not None and isinstance(value, numpy.ndarray)) or (
        torch is not None and isinstance(value, torch.Tensor)
    )


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()

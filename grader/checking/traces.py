"""What came back in one case of a check, in digests that say which answers are equal.

A wrong value is a fingerprint of the mistake behind it (`grader.diagnosis`). Numbers count without
their dtype, as far as four digits of the largest beside them tell; of many the sums of neighbours
count, since of a thousand one would lie on the edge between two digits. So another order of sums,
or another machine, gives the same digest. Of an object that stays with the student, and of an
exception, only the kind counts; its name and its words are the student's own.
"""

from __future__ import annotations

import builtins
import json
import math
import operator
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from grader.boundary import wire
from grader.boundary.channel import RawReply
from grader.checking.arrays import is_array
from grader.checking.conversation import Question, Step
from grader.checking.shown import ObjectRef
from grader.records.outcome import Outcome
from grader.records.record import Trace

MOST_ANSWERS = 256
MOST_BYTES = 1 << 20  # of all answers together: beyond, a trace would cost more than the check
MOST_NUMBERS = 64
DIGITS = 4  # of the largest number
FINEST = 1e-12  # below, a number is what rounding has left of 0: another one on each machine
# A cell of the grid reaches from here to one further: halves, thirds and eighths lie well inside.
CELL = 0.382


def trace(case: str, outcome: Outcome, said: Sequence[Step]) -> Trace | None:
    """The trace of a case. None where nothing came back, and where it was too much."""
    answered = [step for step in said if step.answer is not None]
    sizes = [_size(step) for step in answered]
    if not 0 < len(answered) <= MOST_ANSWERS or sum(sizes) > MOST_BYTES:
        return None
    asked, answers, forms, chain = list[str](), list[str](), list[str](), ""
    first, telling = "", False
    for step in said:
        chain = _digest(f"{chain} {_function(step.question)}")
        if step.answer is None:
            continue
        kind, value = read(step)
        asked.append(chain)
        answers.append(digest(kind, value))
        forms.append(_digest(_form(value)))
        first = _first(value)
        telling |= kind == "value" and type(value) not in {int, bool, type(None)}
    return Trace(case, outcome, asked, answers, forms, first, telling)


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
        reply = wire.decode(step.answer.header, step.answer.body, ObjectRef)
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
    if isinstance(value, ObjectRef):
        return repr("an object")
    if isinstance(value, str | bytes | bool | None):
        return repr(value)
    if isinstance(value, int | float):
        return _numbers([value])
    numbers = _numbers(value.reshape(-1).tolist())
    return f"<{tuple(value.shape)} {numbers}>" if value.shape else numbers


def _numbers(values: Sequence[Any]) -> str:
    """Integers as they are, others on a grid, with commas between them."""
    if all(isinstance(value, int) for value in values):
        return ",".join(["%d"] * len(values)) % tuple(values)
    parts = [part for value in values for part in _parts(value)]
    if len(parts) > MOST_NUMBERS:
        parts = _pooled(parts)
    largest = max((abs(part) for part in parts if math.isfinite(part)), default=0.0)
    # first rounded: a hair less than 1 is 1
    exponent = int(f"{largest:.{DIGITS - 1}e}".partition("e")[2]) - (DIGITS - 1)
    grid = max(10.0**exponent, FINEST)
    return ",".join(
        f"{math.floor(part / grid + CELL) * grid:.{DIGITS}g}" if math.isfinite(part) else f"{part}"
        for part in parts
    )


def _parts(value: complex) -> tuple[float, ...]:
    if isinstance(value, complex):
        return value.real, value.imag
    try:
        return (float(value),)
    except OverflowError:  # an integer
        return (math.inf,)


def _pooled(values: Sequence[float]) -> list[float]:
    """As many sums of neighbours, each with a weight of its own: another order is another sum."""
    step = math.ceil(len(values) / MOST_NUMBERS)
    weights = [1 + place / step for place in range(step)]
    return [
        sum(map(operator.mul, weights, values[start : start + step]))
        for start in range(0, len(values), step)
    ]


def _form(value: Any) -> str:
    """The types and dtypes that are in it."""
    if isinstance(value, dict):
        return f"dict({_form([*value, *value.values()])})"
    if isinstance(value, list | tuple | set | frozenset):
        inner = ", ".join(f"'{form}'" for form in sorted(set(map(_form, value))))
        return f"{type(value).__name__}([{inner}])"
    if isinstance(value, ObjectRef):
        return "an object"
    return str(value.dtype) if is_array(value) else type(value).__name__


def _first(value: Any) -> str:
    """The digest of the first array in a list, tuple or dict that has more in it."""
    inner = value
    while isinstance(inner, list | tuple | dict) and inner:
        inner = next(iter(inner.values() if isinstance(inner, dict) else inner))
    return _digest(_text(inner)) if inner is not value and is_array(inner) else ""


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()

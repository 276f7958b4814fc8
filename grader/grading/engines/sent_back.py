"""What a cluster sends back, believed as far as it can be so.

A record's text as far as it fits the job (`plausible`), a worker's word that it is of no use as far
as it makes a sentence.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from grader.checking.answers import Noted, Right
from grader.course.assignment import Assignment
from grader.errors import AssignmentInvalid, GraderError, PlatformError, UsageError
from grader.grading.engines.engine import Graded
from grader.grading.engines.plausible import refuse_implausible
from grader.grading.worker import Job
from grader.i18n import LANGUAGES, translate
from grader.records import store
from grader.records.decode import typed
from grader.records.record import Record, Trace

_ERRORS = {kind.__name__: kind for kind in (AssignmentInvalid, UsageError, PlatformError)}
_MOST = 1 << 28  # bytes of a record
_MOST_WORDS = 500  # characters of what a worker says
# What reading it may raise.
_NONSENSE = (
    *(ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError),
    zlib.error,
)


@dataclass(frozen=True)
class Unfit:
    """A worker that gets nothing, and why: `code` and `fields` of a sentence."""

    worker: str
    code: str
    fields: Mapping[str, str]


def unfit(event: object) -> Unfit | None:
    """What a worker says of itself, if it says that it cannot grade."""
    if not isinstance(event, dict) or "code" not in event:
        return None
    worker, code = (str(event.get(name))[:_MOST_WORDS] for name in ("worker", "code"))
    try:
        fields = {str(k): str(v)[:_MOST_WORDS] for k, v in dict(event["fields"]).items()}
        if not code.startswith("error."):
            raise ValueError(code)
        for lang in LANGUAGES:
            translate(code, lang, **fields)  # there is such a sentence
    except _NONSENSE:
        return Unfit(worker, "error.cluster_told", {"reason": code})
    return Unfit(worker, code, fields)


def packed(record: Record) -> bytes:
    """A record to be sent: it passes through the scheduler, as all do."""
    return zlib.compress(store.text(record).encode("utf-8", "backslashreplace"), level=1)


def packed_error(error: GraderError) -> bytes:
    """An error to be sent: plain data, as a pickle could make anything of the client."""
    kind = type(error).__name__
    text = json.dumps({"error": kind, "code": error.code, "fields": error.fields})
    return zlib.compress(text.encode())


def unpacked(sent: object, assignment: Assignment, job: Job) -> Graded:
    """What came of this job.

    Raises the error that the worker met, and `PlatformError` for anything else.
    """
    try:
        if not isinstance(sent, bytes):
            raise TypeError(f"{type(sent).__name__} instead of bytes")
        text = _unpacked(sent)
        if text.startswith('{"error"'):
            data = json.loads(text)
            kind = _ERRORS.get(data["error"], PlatformError)
            fields = {str(name): str(value) for name, value in data["fields"].items()}
            error_there = kind(str(data["code"]), **fields)
            str(error_there)  # there is such a sentence
            raise error_there
        is_noted = job.noted or job.prove_steady
        record = _noted(text) if is_noted else Record.from_json(json.loads(text))
        refuse_implausible(assignment, job, record)
    except _NONSENSE as error:
        raise PlatformError("error.cluster_record", reason=error) from error
    return Graded(job, record, text)


def _noted(text: str) -> Record:
    """A record whose traces hold what right programs answer, which no file does."""
    data = json.loads(text)
    traces = [own for e in data["exercises"] for check in e["checks"] for own in check["traces"]]
    shown = iter([trace.pop("answers_shown", {}) for trace in traces])
    record = Record.from_json(data)
    for exercise in record.exercises:
        for check in exercise.checks:
            check.traces[:] = [_with_answers(trace, next(shown)) for trace in check.traces]
    return record


def _with_answers(trace: Trace, shown: dict[str, object]) -> Noted:
    right = {name: typed(Right, answer) for name, answer in shown.items()}
    return Noted(**vars(trace), answers_shown=right)


def _unpacked(sent: bytes) -> str:
    stream = zlib.decompressobj()
    content = stream.decompress(sent, _MOST)
    if not stream.eof:
        raise ValueError("it is cut off, or too large")
    return content.decode("utf-8")

"""Why a module of the submission could not be imported, in words that say what to do."""

from __future__ import annotations

import re
import sys
from typing import Any

from grader.boundary.endings import Ending
from grader.boundary.submitted import Submitted
from grader.records.outcome import Outcome
from grader.records.record import Message

MAX_LINE = 200  # characters of a line that are looked at: it is a student's to choose
# What a line of a newer Python looks like, and no line of an older one.
_NEWER = {
    (3, 12): re.compile(r"\s*(type\s+\w+.*=|((async\s+)?def|class)\s+\w+\s*\[)"),
}
# What our parser says, and of which line, where a newer Python may find nothing wrong: quotes,
# backslashes and line ends in f-strings (3.12), t-strings and `except A, B` (3.14).
_MAYBE_NEWER = [
    (re.compile(said), re.compile(look, re.IGNORECASE))
    for said, look in (
        ("f-string(: unmatched|: expecting|: unterminated| expression part)", ""),
        ("unterminated string literal", r"\b(f|rf|fr)['\"][^'\"]*\{"),
        ("invalid syntax", r"\b(t|rt|tr)['\"]"),
        ("multiple exception types", ""),
    )
]


def failed_import(
    failure: Ending, error: dict[str, Any], file: str, submitted: Submitted
) -> Ending:
    """The ending for an import of `file` that raised `error`, which ended as `failure`."""
    if failure.message.code == "unanswered":  # the stub stands outside of every function
        stub = {"file": file, "where": failure.message.fields["where"]}
        return Ending(failure.outcome, Message("import_unanswered", stub), failure.detail)
    if failure.message.code != "raised":
        return failure
    fields = {**failure.message.fields, "file": file}
    code, more = _reason(fields, error.get("shadowed"), submitted)
    return Ending(Outcome.RAISED, Message(code, {**fields, **more}), failure.detail)


def _reason(
    fields: dict[str, str], shadowed: Any, submitted: Submitted
) -> tuple[str, dict[str, str]]:
    """The code of the message, and what it says beside the usual."""
    if type(shadowed) is str and f"{shadowed}.py" in submitted.files:
        return "import_shadowed", {"module": shadowed}
    if fields["builtin"] == "SyntaxError":
        ours = {"python": _version(sys.version_info[:2])}
        line = _line(fields["where"], submitted)
        if needed := _newer(line):
            return "import_newer", {**ours, "needed": _version(needed)}
        if any(
            said.match(fields["text"]) and look.search(line[:MAX_LINE])
            for said, look in _MAYBE_NEWER
        ):
            return "import_syntax", ours
    return "import_failed", {}


def _line(where: str, submitted: Submitted) -> str:
    """The line at a place, or ""."""
    path, _, number = where.partition(", line ")
    lines = submitted.by_path.get(path, b"").decode("utf-8", "replace").splitlines()
    return lines[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(lines) else ""


def _newer(line: str) -> tuple[int, int] | None:
    """The Python that a line is written in, if that is newer than ours."""
    looks = (version for version, pattern in _NEWER.items() if pattern.match(line[:MAX_LINE]))
    return next((version for version in looks if version > sys.version_info[:2]), None)


def _version(numbers: tuple[int, int]) -> str:
    return ".".join(map(str, numbers))

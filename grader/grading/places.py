"""Where a line of a module stands in the notebook that the module was made from.

A record names it in English, "cell 7 (clean), line 3": `grader.i18n` says it in other languages.
"""

from __future__ import annotations

import re
from dataclasses import replace

from grader.i18n import NOTEBOOK
from grader.intake.modules import Places
from grader.records.record import CheckResult, ExerciseResult, Message

# What is said of a whole file, and has words of its own where that was made from cells.
_OF_A_NOTEBOOK = {
    *(f"import_{why}" for why in ("failed", "syntax", "unanswered", "newer", "timeout")),
    "missing_file",
}
_IN_A_FILE = {"missing", "missing_near"}


def in_cells(result: ExerciseResult, package: str, places: Places) -> ExerciseResult:
    """The same result, with lines of the notebook's cells; unchanged where there is none."""
    checks = [check_in_cells(check, package, places) for check in result.checks]
    return replace(result, checks=checks) if places else result


def check_in_cells(check: CheckResult, package: str, places: Places) -> CheckResult:
    """The same of one check."""
    if not places:
        return check
    message = check.message and in_cell(check.message, package, places)
    return replace(check, message=message, detail=_detail(check.detail, package, places))


def in_cell(message: Message, package: str, places: Places) -> Message:
    """A message with the cell in place of the file that it names with a line."""
    fields = dict(message.fields)
    if message.code in _OF_A_NOTEBOOK:
        message = replace(message, code=f"{message.code}_cell")
    elif message.code in _IN_A_FILE:
        fields["file"] = NOTEBOOK
    if found := _cell(fields.get("file", ""), fields.get("line", ""), places):
        fields["file"], fields["line"] = found
    path, _, line = fields.get("where", "").rpartition(", line ")
    if found := _cell(path.removeprefix(f"{package}/"), line, places):
        fields["where"] = ", line ".join(found)
    return replace(message, fields=fields)


def _detail(text: str, package: str, places: Places) -> str:
    """A traceback with the cells."""

    def cell(match: re.Match[str]) -> str:
        found = _cell(match[1], match[2], places)
        return f"  {found[0]}, line {found[1]}" if found else match[0]

    return re.sub(rf'  File "{re.escape(package)}/([^"]+)", line (\d+)', cell, text)


def _cell(file: str, line: str, places: Places) -> tuple[str, str] | None:
    lines = places.get(file, ())
    if not (line.isdecimal() and 0 < int(line[:9]) <= len(lines)):
        return None
    label, number = lines[int(line) - 1]
    return (f"cell {label}", str(number)) if label else None

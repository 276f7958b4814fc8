"""What the files of Canvas and of Moodle have in common: reading them, and scores in them.

A score has at most two decimals and a point, which both read in every language.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.course.roster import LOST_DIGITS
from grader.errors import UsageError
from grader.export.sheet import Cell, Malformed, Sheet
from grader.report import formatting

_NO_CSV = (b"PK", b"\xff\xfe", b"\xfe\xff")  # a workbook; UTF-16


def read(path: Path) -> bytes:
    """The bytes of a file. Raises `UsageError`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise UsageError("export.unreadable", file=path, reason=reason) from None
    if data.startswith(_NO_CSV):
        raise UsageError("export.no_csv", file=path)
    return data


def rows(path: Path, sheet: Sheet) -> list[list[Cell]]:
    """The rows of a file. Raises `UsageError`."""
    try:
        return sheet.rows
    except Malformed as error:
        raise UsageError("export.quote", file=path, row=error.row) from None
    except UnicodeDecodeError:
        raise UsageError("export.no_csv", file=path) from None


def delimiter(data: bytes, among: bytes) -> str:
    """What ends the first title, which has none of these signs in it."""
    return next((chr(byte) for byte in data if byte in among), ",")


def text(row: list[Cell], column: int | None) -> str:
    """What a cell says; "" where the row or the file has none."""
    return row[column].text.strip() if column is not None and column < len(row) else ""


def refuse_lost_digits(path: Path, number: int, title: str, found: str) -> None:
    """Of an id like 1.2E+04 an LMS reads the 1, and so takes a person for another."""
    if LOST_DIGITS.match(found):
        raise UsageError("export.digits", file=path, row=number, column=title, found=found)


def is_already(found: str, score: float) -> bool:
    """Whether a cell says the score, however it is written: `87.50`, `87,5`."""
    said = formatting.points(score)
    is_number = re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", found.strip())
    return is_number is not None and formatting.points(float(found.replace(",", "."))) == said

"""A CSV file in which some cells are filled and every other byte stays.

    sheet = Sheet(data, ",")
    sheet.filled({sheet.rows[1][5]: "87.5"})

The file is read as the program reads it that it goes back to. Delimiters and quotes are ASCII, and
no byte of a longer character in UTF-8 or CP949 is one of them, so the bytes are cut where they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

_BOM = b"\xef\xbb\xbf"
_END_OF_LINE = re.compile(rb"\r\n|\n|\r")


class Malformed(Exception):
    """The file is no CSV; `row` is where that shows, counted from 1."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


@dataclass(frozen=True)
class Cell:
    """Where a cell is in the file, its quotes included, and what it says."""

    start: int
    end: int
    text: str


class Sheet:
    """The rows of a CSV file; blank lines are left out.

    With `backslash`, a quotation mark behind one closes no cell, as in PHP's `fgetcsv`; what is
    between the closing one and the delimiter belongs to the cell there too.
    """

    def __init__(self, data: bytes, delimiter: str, *, backslash: bool = False) -> None:
        self.data, self.delimiter = data, delimiter
        quoted = rb'"(?:[^"\\]++|\\.|"")*+"' if backslash else rb'"(?:[^"]++|"")*+"'
        rest = rb"[^%b\r\n]*" % re.escape(delimiter.encode())
        tail = rest if backslash else b""
        self._cell = re.compile(rb"(?P<quoted>%b)%b|%b" % (quoted, tail, rest), re.DOTALL)

    @cached_property
    def encoding(self) -> str:
        """UTF-8, or what a Korean Windows saves."""
        try:
            self.data.decode("utf-8")
        except UnicodeDecodeError:
            return "cp949"
        return "utf-8"

    @cached_property
    def rows(self) -> list[list[Cell]]:
        """Every row. Raises `Malformed`, and `UnicodeDecodeError` for any other encoding."""
        data, delimiter = self.data, self.delimiter.encode()
        rows: list[list[Cell]] = []
        row: list[Cell] = []
        at = len(_BOM) if data.startswith(_BOM) else 0
        while at < len(data) or row:
            found = self._cell.match(data, at)
            assert found  # of no letters at least
            if found[0].startswith(b'"') and not found["quoted"]:
                raise Malformed(len(rows) + 1)
            row.append(self._made(found))
            at = found.end()
            if data.startswith(delimiter, at):
                at += 1
                continue
            ending = _END_OF_LINE.match(data, at)
            if ending is None and at < len(data):
                raise Malformed(len(rows) + 1)
            at = ending.end() if ending else at
            if len(row) > 1 or row[0].text:
                rows.append(row)
            row = []
        return rows

    def filled(self, texts: Mapping[Cell, str]) -> bytes:
        """The file with these texts in these cells.

        What the file's encoding cannot say stands there as HTML: `&#8212;`.
        """
        parts, at = [], 0
        for cell in sorted(texts, key=lambda cell: cell.start):
            parts += [self.data[at : cell.start], self._written(cell, texts[cell])]
            at = cell.end
        return b"".join([*parts, self.data[at:]])

    def _made(self, found: re.Match[bytes]) -> Cell:
        raw = found[0]
        if quoted := found["quoted"]:
            raw = quoted[1:-1].replace(b'""', b'"') + raw[len(quoted) :]
        return Cell(*found.span(), raw.decode(self.encoding))

    def _written(self, cell: Cell, text: str) -> bytes:
        raw = text.encode(self.encoding, "xmlcharrefreplace")
        was_quoted = self.data.startswith(b'"', cell.start)
        if was_quoted or re.search(rb'[\s"]|' + re.escape(self.delimiter.encode()), raw):
            return b'"' + raw.replace(b'"', b'""') + b'"'
        return raw

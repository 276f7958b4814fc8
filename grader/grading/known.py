"""What a batch knows of its records: `OUT/known/<assignment>.sqlite`, an index of their files.

It spares the next batch from reading every record and every hand-in. A row holds as long as both
are what they were: by size, times and inode, as git's index does, else by content. All that is in
it follows from the files: where it is missing, damaged or behind, they are read.
"""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from grader.errors import PlatformError
from grader.records import digests, store
from grader.records.brief import Brief
from grader.records.decode import typed
from grader.records.layout import Out

_OFTEN = 1.0  # seconds after which what was noted is saved: a batch may be killed
_TABLE = "CREATE TABLE IF NOT EXISTS records (name PRIMARY KEY, entry, seal) WITHOUT ROWID"


@dataclass(frozen=True)
class Row:
    """What is known of one record."""

    file: str  # the file of the record, as `seen` tells it
    content: str  # a digest of it
    handin: str  # what was graded, as `grader.intake.stamp` tells it
    declared: str  # a digest of what the points follow from, beside the outcomes
    brief: Brief


def seen(path: Path) -> str:
    """What changes whenever the file does, as no two files have the same of all that."""
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


class Known:
    """By file of a record. One process may write; with `readonly` nothing is."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self._path, self._readonly = path, readonly
        self._saved = time.monotonic()
        try:
            self._rows = self._opened()
        except sqlite3.DatabaseError:
            self._rows = self._anew()

    @classmethod
    def of(cls, out: Path, assignment: str, *, readonly: bool = False) -> Self:
        """What lies in `OUT`."""
        return cls(Out(out).known(assignment), readonly=readonly)

    def get(self, path: Path) -> Row | None:
        """What is known of this file; None if it is another one than was noted."""
        found = self._do("SELECT entry, seal FROM records WHERE name = ?", _name(path))
        if found is None or _seal(_name(path), str(found[0])) != found[1]:
            return None
        try:
            row = typed(Row, json.loads(str(found[0])))
        except ValueError:  # of another grader
            return None
        now = seen(path)
        if row.file == now:
            return row
        if row.content != digests.digest(store.content(path)):
            return None
        row = replace(row, file=now)  # a copy
        if not self._readonly:
            self.note(path, row)
        return row

    def note(self, path: Path, row: Row) -> None:
        """Know this of a file. Raises `PlatformError` when it cannot be saved."""
        entry = json.dumps(row, default=vars, ensure_ascii=False, allow_nan=False)
        values = _name(path), entry, _seal(_name(path), entry)
        self._do("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", *values)
        if time.monotonic() - self._saved > _OFTEN:
            self.save()

    def save(self) -> None:
        """Leave it to the next batch."""
        self._do("COMMIT" if self._rows.in_transaction else "SELECT 1")
        self._saved = time.monotonic()

    def close(self) -> None:
        """Save it, and let go of the file."""
        self.save()
        self._rows.close()

    def _do(self, what: str, *values: str) -> tuple[object, ...] | None:
        """The first row of the answer. A damaged index is made anew, which costs a slow start.

        Raises `PlatformError` when the new one cannot be written either: the disk is full.
        """
        try:
            return self._first(what, values)
        except sqlite3.DatabaseError:
            self._rows.close()
            self._rows = self._anew()
        if what == "COMMIT":
            return None
        try:
            return self._first(what, values)
        except sqlite3.DatabaseError as error:
            raise self._unwritten(error) from error

    def _first(self, what: str, values: tuple[str, ...]) -> tuple[object, ...] | None:
        found = self._rows.execute(what, values).fetchone()
        return None if found is None else tuple(found)

    def _opened(self) -> sqlite3.Connection:
        mode = "ro" if self._readonly else "rwc"
        rows = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode={mode}", uri=True)
        if not self._readonly:
            # not flushed: what a machine leaves that loses its power is looked at, row by row
            rows.execute("PRAGMA synchronous=OFF")
            rows.execute(_TABLE)
        if rows.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError
        rows.execute("SELECT name, entry, seal FROM records LIMIT 1").fetchone()
        return rows

    def _anew(self) -> sqlite3.Connection:
        if self._readonly:
            rows = sqlite3.connect(":memory:")
            rows.execute(_TABLE)
            return rows
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            for path in (self._path, Path(f"{self._path}-journal")):
                path.unlink(missing_ok=True)
            return self._opened()
        except (OSError, sqlite3.DatabaseError) as error:
            raise self._unwritten(error) from error

    def _unwritten(self, reason: Exception) -> PlatformError:
        return PlatformError("error.cannot_write", file=self._path, reason=reason)


def _name(path: Path) -> str:
    """What a record is known by; a stray file may have a name that is no text."""
    return path.stem.encode("utf-8", "backslashreplace").decode()


def _seal(name: str, entry: str) -> str:
    """What shows damage that SQLite does not see."""
    return digests.digest(name, entry)

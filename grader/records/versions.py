"""By which checks, settings and points records were graded: scores of several do not compare."""

from __future__ import annotations

from typing import Any

from grader.records.digests import digest
from grader.records.record import Record


class Versions:
    """What the records that were added followed from, beside what was handed in."""

    def __init__(self) -> None:
        self.declared: set[tuple[str, str]] = set()  # digests of checks and of settings
        self._worth: set[str] = set()  # of points and of the kinds of checks
        self._last: tuple[str, list[Any]] = "", []  # of which a digest was made

    def add(self, record: Record) -> None:
        """One more record."""
        self.declared.add((record.checks_sha256[:12], record.settings_sha256[:12]))
        # where nothing ran, a person's decision has exercises all the same, without checks
        if any(e.checks for e in record.exercises):
            functions = repr(  # 2 is not 2.0 here
                [(e.id, e.extra, f.name, f.possible) for e in record.exercises for f in e.functions]
            )
            kinds = [(e.id, c.id, c.of, c.kind) for e in record.exercises for c in e.checks]
            if (functions, kinds) != self._last:  # rare, and the kinds take long to write out
                self._last = functions, kinds
                self._worth.add(digest(functions, repr(kinds)))

    def merge(self, other: Versions) -> None:
        """The records of `other` as well."""
        self.declared |= other.declared
        self._worth |= other._worth

    @property
    def are_mixed(self) -> bool:
        """Whether not all records are of the same."""
        return len(self.declared) > 1 or len(self._worth) > 1

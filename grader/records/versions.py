"""By which checks, settings and points records were graded: scores of several do not compare."""

from __future__ import annotations

from collections.abc import Hashable
from operator import attrgetter

from grader.records.record import Record

_WORTH, _KIND = attrgetter("name", "possible"), attrgetter("id", "of", "kind")


class Versions:
    """What the records that were added followed from, beside what was handed in."""

    def __init__(self) -> None:
        self.declared: set[tuple[str, str]] = set()  # digests of checks and of settings
        self._worth: set[Hashable] = set()  # of points and of the kinds of checks

    def add(self, record: Record) -> None:
        """One more record."""
        self.declared.add((record.checks_sha256[:12], record.settings_sha256[:12]))
        # where nothing ran, a person's decision has exercises all the same, without checks
        if any(e.checks for e in record.exercises):
            self._worth.add(
                tuple(
                    (e.id, e.extra, *map(_WORTH, e.functions), *map(_KIND, e.checks))
                    for e in record.exercises
                )
            )

    def merge(self, other: Versions) -> None:
        """The records of `other` as well."""
        self.declared |= other.declared
        self._worth |= other._worth

    @property
    def are_mixed(self) -> bool:
        """Whether not all records are of the same."""
        return len(self.declared) > 1 or len(self._worth) > 1

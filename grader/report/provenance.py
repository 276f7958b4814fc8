"""Under which conditions a class was graded."""

from __future__ import annotations

from typing import Any

from grader.records.record import Record
from grader.records.versions import Versions
from grader.report import formatting


class Provenance:
    """Under which conditions the class was graded."""

    def __init__(self) -> None:
        self._first, self._last, self._milliseconds = "~", "", 0
        self._lacking: set[str] = set()
        self._layers: set[tuple[str, ...]] = set()
        self._environments: set[tuple[tuple[str, str], ...]] = set()
        self.versions = Versions()

    def add(self, record: Record) -> None:
        """One more record."""
        self._first = min(self._first, record.started)
        self._last = max(self._last, record.started)
        self._milliseconds += round(1000 * record.seconds)
        self.versions.add(record)
        if record.exercises:
            self._lacking.update(record.lacking)
            self._layers.add(tuple(record.layers))
            self._environments.add(tuple(record.environment.items()))

    def merge(self, other: Provenance) -> None:
        """The records of `other` as well."""
        self._first = min(self._first, other._first)
        self._last = max(self._last, other._last)
        self._milliseconds += other._milliseconds
        self.versions.merge(other.versions)
        self._lacking |= other._lacking
        self._layers |= other._layers
        self._environments |= other._environments

    def context(self, zone: str | None) -> dict[str, Any]:
        """What the page tells of it, with times in that zone."""
        return {
            "first": formatting.moment(self._first, zone),
            "last": formatting.moment(self._last, zone),
            "seconds": self._milliseconds / 1000,
            "unprotected": sorted(self._lacking),
            "layers": sorted(self._layers),
            "environments": sorted(self._environments),
            "versions": sorted(self.versions.declared),
            "mixed": self.versions.are_mixed,
        }

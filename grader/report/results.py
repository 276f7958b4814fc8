"""All results below `OUT`: for each assignment its catalogue and its records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader import records
from grader.errors import UsageError
from grader.records import Record
from grader.report import catalogue
from grader.report.catalogue import Catalogue


@dataclass(frozen=True)
class Entry:
    """A record, and the name of its file: also the name of the student's folder."""

    name: str
    record: Record


@dataclass(frozen=True)
class Results:
    """One assignment of a class."""

    catalogue: Catalogue
    entries: list[Entry]


def gather(out: Path) -> list[Results]:
    """Read everything that was graded into `out`.

    Raises `UsageError` when there is nothing, `PlatformError` when a file is damaged.
    """
    found = []
    for path in sorted((out / "assignments").glob("*.json")):
        described = catalogue.load(path)
        paths = sorted((out / "records" / described.id).glob("*.json"))
        entries = [Entry(record.stem, records.read(record)) for record in paths]
        if entries:
            found.append(Results(described, entries))
    if not found:
        raise UsageError("report.nothing_graded", folder=out)
    return found

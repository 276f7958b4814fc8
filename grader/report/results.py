"""All results below `OUT`: for each assignment its catalogue and its records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.errors import PlatformError, UsageError
from grader.records import assignment_snapshot as catalogue
from grader.records import store
from grader.records.assignment_snapshot import Catalogue
from grader.records.record import Record


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
        files = sorted((out / "records" / described.id).glob("*.json"))
        entries = [Entry(path.stem, store.read(path)) for path in files]
        _refuse_copies(described.id, dict(zip(files, entries, strict=True)))
        if entries:
            found.append(Results(described, entries))
    if not found:
        raise UsageError("report.nothing_graded", folder=out)
    return found


def _refuse_copies(assignment: str, entries: dict[Path, Entry]) -> None:
    """Of two files for one student neither can be trusted."""
    seen = set()
    for path, entry in entries.items():
        record = entry.record
        if record.assignment != assignment or record.student in seen:
            reason = f"{record.assignment}, {record.student}"
            raise PlatformError("error.record_misplaced", file=path, reason=reason)
        seen.add(record.student)

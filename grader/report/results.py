"""All results below `OUT`: for each assignment its snapshot and its records."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import PlatformError, UsageError
from grader.records import assignment_snapshot, people, store
from grader.records.assignment_snapshot import Snapshot
from grader.records.record import Record


@dataclass(frozen=True)
class Entry:
    """A record, and the name of its file: also the name of the student's folder."""

    name: str
    record: Record
    person: str = ""  # the student's name, where more is known than the id


@dataclass(frozen=True)
class Results:
    """One assignment of a class."""

    snapshot: Snapshot
    entries: list[Entry]
    off_roster: list[Entry] = field(default_factory=list)  # in no list of scores


def gather(out: Path) -> list[Results]:
    """Read everything that was graded into `out`.

    Raises `UsageError` when there is nothing, `PlatformError` when a file is damaged.
    """
    found = []
    for path in sorted((out / "assignments").glob("*.json")):
        described = assignment_snapshot.load(path)
        files = sorted((out / "records" / described.id).glob("*.json"))
        known = people.load(out, described.id)
        records = [store.read(path) for path in files]
        entries = [
            Entry(path.stem, record, known.name(record.student))
            for path, record in zip(files, records, strict=True)
        ]
        _refuse_copies(described.id, dict(zip(files, entries, strict=True)))
        left = [entry for entry in entries if known.has_left(entry.record.student)]
        if entries:
            staying = [entry for entry in entries if entry not in left]
            found.append(Results(described, staying, left))
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

"""All results below `OUT`: for each assignment its snapshot, and its records one after another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.diagnosis import mistakes
from grader.diagnosis.mistakes import Mistake
from grader.errors import PlatformError, UsageError
from grader.records import assignment_snapshot, people, store
from grader.records.assignment_snapshot import Snapshot
from grader.records.people import People
from grader.records.record import Record
from grader.report.moment import Moment


@dataclass(frozen=True)
class Entry:
    """A record, and the name of its file: also the name of the student's folder."""

    name: str
    record: Record
    person: str = ""  # the student's name, where more is known than the id


@dataclass(frozen=True)
class Results:
    """One assignment of a class. A class may be large: only its files are named here."""

    snapshot: Snapshot
    people: People
    files: list[Path]  # of the records, in the order of their names
    mistakes: list[Mistake]  # that are known

    def entry(self, path: Path, content: bytes) -> Entry:
        """What is in the file of a record. Raises `PlatformError` when it is damaged."""
        record = store.decode(path, content)
        if record.assignment != self.snapshot.id:
            raise misplaced(path, record.assignment, record.student)
        return Entry(path.stem, record, self.people.name(record.student))

    def mistakes_told(self, moment: Moment) -> list[Mistake]:
        """Those that a student may read of: by hidden checks only once all is published."""
        if moment.published:
            return self.mistakes
        return mistakes.seen_by(self.snapshot.public_checks, self.mistakes)


def gather(out: Path) -> list[Results]:
    """What was graded into `out`, without reading a record.

    Raises `UsageError` when there is nothing, `PlatformError` when a file is damaged.
    """
    found = [results for results in begun(out) if results.files]
    if not found:
        raise UsageError("report.nothing_graded", folder=out)
    return found


def begun(out: Path) -> list[Results]:
    """What was graded into `out`, also where there is no record yet. Raises `PlatformError`."""
    found = []
    for path in sorted((out / "assignments").glob("*.json")):
        described = assignment_snapshot.load(path)
        files = sorted((out / "records" / described.id).glob("*.json"))
        known = mistakes.load(out / "mistakes" / f"{described.id}.json")
        found.append(Results(described, people.load(out, described.id), files, known))
    return found


def misplaced(path: Path, assignment: str, student: str) -> PlatformError:
    """The record of another assignment; or of two files for one student one, none to be trusted."""
    reason = f"{assignment}, {student}"
    return PlatformError("error.record_misplaced", file=path, reason=reason)

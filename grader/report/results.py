"""All results below `OUT`: for each assignment its snapshot, and its records one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.diagnosis import mistakes
from grader.diagnosis.mistakes import Mistake
from grader.errors import PlatformError, UsageError
from grader.intake.names import record_name
from grader.records import assignment_snapshot, decisions, people, store
from grader.records.assignment_snapshot import Snapshot
from grader.records.decisions import Decision
from grader.records.layout import Out
from grader.records.people import People
from grader.records.record import Record
from grader.records.versions import Versions
from grader.report.moment import Moment
from grader.scoring.decided import decided


@dataclass(frozen=True)
class Entry:
    """A record, and the name of its file: also the name of the student's folder."""

    name: str
    record: Record
    person: str = ""  # the student's name, where more is known than the id
    decisions: Sequence[Decision] = ()  # they are in the points of the record already

    @property
    def score(self) -> float | None:
        """All points, with those of the bonus; None where something is to be graded again."""
        points, extra = self.record.points, self.record.extra_points
        return None if points is None or extra is None else points + extra


@dataclass(frozen=True)
class Results:
    """One assignment of a class. A class may be large: only its files are named here."""

    snapshot: Snapshot
    people: People
    files: list[Path]  # of the records, in the order of their names
    mistakes: list[Mistake]  # that are known
    decisions: Mapping[str, Sequence[Decision]] = field(default_factory=dict)  # of a student
    versions: Versions = field(default_factory=Versions)  # of the `entries` that have passed by

    @property
    def ungraded(self) -> list[str]:
        """Who is expected and has no record: grading was stopped, goes on, or left them out."""
        graded = {path.stem for path in self.files}
        return [
            student
            for student in self.people.expected
            if record_name(student) not in graded and not self.people.has_left(student)
        ]

    def record(self, path: Path, content: bytes) -> Record:
        """What is in the file of a record. Raises `PlatformError` when it is damaged."""
        record = store.decode(path, content)
        if record.assignment != self.snapshot.id:
            raise misplaced(path, record.assignment, record.student)
        return record

    def entry(self, path: Path, content: bytes) -> Entry:
        """The record with what people decided about it. Raises `PlatformError` like `record`."""
        record = self.record(path, content)
        own = self.decisions.get(record.student, ())
        person = self.people.name(record.student)
        return Entry(path.stem, decided(self.snapshot, record, own), person, own)

    def entries(self, *, on_roster: bool = False) -> Iterator[Entry]:
        """All records, one after another; with `on_roster` without those of who has left.

        Raises `PlatformError` when a file is damaged, or two are of one student.
        """
        seen: set[str] = set()
        for path in self.files:
            entry = self.entry(path, store.content(path))
            student = entry.record.student
            refuse_copy(path, entry.record.assignment, student, seen)
            self.versions.add(entry.record)
            if not (on_roster and self.people.has_left(student)):
                yield entry

    def mistakes_told(self, moment: Moment) -> list[Mistake]:
        """Those that a student may read of: by hidden checks only once all is published."""
        if moment.published:
            return self.mistakes
        return mistakes.seen_by(self.snapshot.public_checks, self.mistakes)


def find(out: Path, assignment: str) -> Results:
    """What was graded of one assignment.

    Raises `UsageError` when that is nothing, `PlatformError` when a file is damaged.
    """
    everything = {results.snapshot.id: results for results in gather(out)}
    if assignment not in everything:
        known = ", ".join(everything)
        raise UsageError("report.not_graded", folder=out, assignment=assignment, known=known)
    return everything[assignment]


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
    decided_upon = decisions.load(out)
    for path in Out(out).assignments():
        described = assignment_snapshot.load(path)
        files = sorted(Out(out).records(described.id).glob("*.json"))
        known = mistakes.load(Out(out).mistakes(described.id))
        own, by_hand = people.load(out, described.id), decided_upon.of(described.id)
        found.append(Results(described, own, files, known, by_hand))
    return found


def refuse_copy(path: Path, assignment: str, student: str, seen: set[str]) -> None:
    """Of two files for one student neither can be trusted; `seen` takes whose there were."""
    if student in seen:
        raise misplaced(path, assignment, student)
    seen.add(student)


def misplaced(path: Path, assignment: str, student: str) -> PlatformError:
    """The record of another assignment; or of two files for one student one, none to be trusted."""
    reason = f"{assignment}, {student}"
    return PlatformError("error.record_misplaced", file=path, reason=reason)

"""The people in a file of an LMS joined with those who were graded: by ids, never by a name.

A name is no proof of who somebody is: two students may share one, and everybody may change it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.records.people import People
from grader.records.record import Status
from grader.report.results import Entry


@dataclass(frozen=True)
class Line:
    """Somebody in the LMS's file."""

    row: int  # counted from 1
    name: str
    ids: tuple[tuple[str, str], ...]  # kind -> value as on a roster, most certain first


@dataclass(frozen=True)
class Graded:
    """Somebody who was graded."""

    student: str
    name: str
    score: float | None
    comment: str = ""  # HTML, where the LMS has a place for it
    status: Status = Status.GRADED

    @classmethod
    def of(cls, entry: Entry, score: float | None, comment: str = "") -> Graded:
        """From a record."""
        return cls(entry.record.student, entry.person, score, comment, entry.record.status)


@dataclass(frozen=True)
class Untouched:
    """Somebody who was joined, and whose cell stays as it is."""

    graded: Graded
    reason: str  # below `export.kept` in the locale


@dataclass
class Filled:
    """A file of the LMS with the scores in it, and everybody whom that does not concern."""

    data: bytes = b""
    scores: int = 0
    zeros: Counter[Status] = field(default_factory=Counter)  # of them 0, by why where not graded
    strangers: list[Line] = field(default_factory=list)  # nobody who was graded
    absent: list[Graded] = field(default_factory=list)  # nobody in the file
    kept: list[Untouched] = field(default_factory=list)
    possible: str = ""  # what the file says, where that is not what the assignment says

    def count(self, graded: Graded) -> None:
        """One more score is in the file."""
        self.scores += 1
        self.zeros[graded.status] += not graded.score


def join(
    lines: Sequence[Line], everybody: Sequence[Graded], people: People
) -> tuple[list[tuple[Line, Graded]], list[Line], list[Graded]]:
    """Who is who; and who is left over, in the file and among the graded.

    Where two of somebody's ids are two students', or two rows one student's, nobody is joined.
    """
    known = _index(everybody, people)
    found = {line: graded for line in lines if (graded := _one(line, known))}
    rows = Counter(graded.student for graded in found.values())
    joined = [(line, graded) for line, graded in found.items() if rows[graded.student] == 1]
    students = {graded.student for _, graded in joined}
    taken = {line for line, _ in joined}
    return (
        joined,
        [line for line in lines if line not in taken],
        [graded for graded in everybody if graded.student not in students],
    )


def ids_of(student: str, people: People) -> dict[str, str]:
    """All ids of a student.

    What a student is called here is the course's own id ("id"), unless it is a number of an LMS.
    """
    ids = people.ids.get(student, {})
    numbers = {ids.get("canvas"), ids.get("moodle")}
    return ids if student in numbers else {"id": student, **ids}


_Index = Mapping[tuple[str, str], list[Graded]]


def _index(everybody: Iterable[Graded], people: People) -> _Index:
    known: dict[tuple[str, str], list[Graded]] = {}
    for graded in everybody:
        for kind, value in ids_of(graded.student, people).items():
            known.setdefault((kind, value.casefold()), []).append(graded)
    return known


def _one(line: Line, known: _Index) -> Graded | None:
    """The only student whose ids are those of the row; None for nobody, and for several."""
    hits = [known[key] for kind, value in line.ids if (key := (kind, value.casefold())) in known]
    students = {graded.student: graded for hit in hits for graded in hit}
    shared = [name for name in students if all(name in {g.student for g in hit} for hit in hits)]
    return students[shared[0]] if len(shared) == 1 else None

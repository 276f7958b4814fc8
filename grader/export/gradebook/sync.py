"""`grader gradebook OUT`: the records of a class into nbgrader's gradebook.

Of each assignment everything happens in one transaction, or nothing. A student whose record and
whose scores in the database are those of the last time is passed over, unread:
`OUT/gradebook/<assignment>.json` says which those are (remove it, and all are written again).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, update

from grader.course.folder import Course
from grader.export.gradebook import database, decide, submissions, tables
from grader.export.gradebook.cells import cells
from grader.export.gradebook.formgrader import Pages, handed_in
from grader.export.gradebook.grades import Comments
from grader.export.gradebook.reconcile import Reconciled, reconcile
from grader.export.gradebook.submissions import Place, Submission
from grader.export.gradebook.tables import new_id
from grader.json_file import Damaged, read_json
from grader.records import decisions as kept
from grader.records import digests, store
from grader.records.assignment_snapshot import Snapshot
from grader.records.decisions import Decision, Decisions
from grader.records.layout import Out
from grader.records.people import People
from grader.records.record import Record, Status
from grader.records.store import write_atomically
from grader.report import moment as moments
from grader.report.moment import Moment
from grader.report.results import Results, gather

_BATCH = 50  # students
_COURSE = "default_course"  # nbgrader's, where nobody gave it another name


@dataclass
class Synced:
    """What became of one assignment."""

    assignment: str
    cells: Reconciled
    written: int = 0
    unchanged: int = 0
    off_roster: list[str] = field(default_factory=list)  # left as they are
    too_long: list[str] = field(default_factory=list)  # ids that nbgrader has no room for
    others: dict[str, float] = field(default_factory=dict)  # points of notebooks that are not ours
    decisions: dict[str, list[Decision]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Mark:
    """What was written of a record, and the state in which that left the database."""

    notebook: str
    digest: str
    state: str


@dataclass(frozen=True)
class _Changed:
    """A record that is to be written."""

    name: str  # of its file
    digest: str
    submission: Submission


def sync(
    out: Path, url: str, course: Course, lang: str | None = None, *, published: bool = False
) -> list[Synced]:
    """Write the class in `out` into the gradebook at `url`, and read what people decided in it.

    Comments are in `lang`, or else in the first of the course's languages.
    Returns what was done, for each assignment. Raises `UsageError` when nothing was graded yet, or
    when the database cannot be opened or written; `PlatformError` when a record is damaged.
    """
    address = database.address(url)
    classes = gather(out)
    moment = Moment(datetime.now(UTC), published)
    done = []
    with database.opened(address) as engine:
        for results in classes:
            with database.written(engine, results.snapshot.id) as connection:
                one = _Class(connection, out, results, course, lang, moment)
                done.append(one.sync())
            one.finish()
    decided = {synced.assignment: synced.decisions for synced in done}
    kept.save(out, Decisions(database.plain(address), decided))
    return done


class _Class:
    """One assignment of a class, on its way into the database."""

    def __init__(
        self,
        connection: Connection,
        out: Path,
        results: Results,
        course: Course,
        lang: str | None,
        moment: Moment,
    ) -> None:
        self._connection, self._results, self._course = connection, results, course
        snapshot = results.snapshot
        lang = lang if lang in snapshot.languages else snapshot.languages[0]
        self._cells = cells(snapshot, snapshot.languages[0])
        mistakes = results.mistakes_told(moment)
        self._comments = Comments(snapshot, lang, moment, mistakes)
        self._pages = Pages(course.root, snapshot, self._cells, lang)
        described = Out(out).assignment(snapshot.id).read_bytes()
        stage = moments.stage(snapshot.due, moment)
        self._source = digests.digest(digests.grader(), described, repr(mistakes), lang, stage)
        self._path = Out(out).synced(snapshot.id)
        self._marks: dict[str, _Mark] = {}
        self._pages.write_source()

    def sync(self) -> Synced:
        """Everything of the assignment, within the transaction of the connection."""
        assignment, notebook = _rows(self._connection, self._results.snapshot)
        done = reconcile(self._connection, notebook, self._cells)
        self._place = Place(assignment, notebook, done.ids)
        others = _others(self._connection, self._place)
        synced = Synced(self._results.snapshot.id, done, others=others)
        states = submissions.states(self._connection, self._place)
        changed = self._changed(_load(self._path, assignment), states, synced)
        while batch := list(islice(changed, _BATCH)):
            self._write(batch)
        if synced.written:
            tables.count_anew(self._connection)
        seen = {mark.notebook for mark in self._marks.values()}
        added = [done.ids[name] for name in done.added]
        submissions.fill(self._connection, added, states.keys() - seen)
        now = submissions.states(self._connection, self._place)
        self._marks = {
            name: replace(mark, state=now.get(mark.notebook, ""))
            for name, mark in self._marks.items()
        }
        synced.decisions = decide.decisions(self._connection, self._results.snapshot)
        return synced

    def finish(self) -> None:
        """Remember what is in the database now, since the transaction has come to its end."""
        marks = {name: [m.notebook, m.digest, m.state] for name, m in self._marks.items()}
        data = {"assignment": self._place.assignment, "records": marks}
        write_atomically(self._path, json.dumps(data, indent=0) + "\n", lasting=False)

    def _changed(
        self, marks: Mapping[str, _Mark], states: Mapping[str, str], synced: Synced
    ) -> Iterator[_Changed]:
        """Records that are to be written. Everybody is counted."""
        results = self._results
        people = _told(results.people)
        for path in results.files:
            content = store.content(path)
            digest = digests.digest(self._source, people, content)
            mark = marks.get(path.stem)
            is_same = mark is not None and mark.digest == digest
            if mark and is_same and states.get(mark.notebook, "") == mark.state:
                self._marks[path.stem] = mark
                synced.unchanged += 1
                continue
            record = results.record(path, content)
            submission = self._submission(record)
            if results.people.has_left(record.student):
                synced.off_roster.append(record.student)
            elif not submission.fits:
                synced.too_long.append(record.student)
            else:
                synced.written += 1
                yield _Changed(path.stem, digest, submission)

    def _submission(self, record: Record) -> Submission:
        people, student = self._results.people, record.student
        return Submission(
            student=student,
            name=people.names.get(student, ""),
            ids=people.ids.get(student, {}),
            is_missing=record.status == Status.MISSING,
            handed_in=handed_in(self._course.submitted / student / record.assignment),
            grades=self._comments.grades(record, self._cells),
            decisions={d.cell: d for d in self._results.decisions.get(student, ())},
        )

    def _write(self, batch: Sequence[_Changed]) -> None:
        notebooks = submissions.write(
            self._connection, self._place, [changed.submission for changed in batch]
        )
        for changed in batch:
            submission = changed.submission
            notebook = notebooks.get(submission.student, "")
            self._marks[changed.name] = _Mark(notebook, changed.digest, "")
            if notebook and changed.name == submission.student:  # a name that a folder may have
                self._pages.write(submission.student, submission.grades)


def _told(people: People) -> str:
    """What is known of a class, alike in every process: a set is not."""
    return repr((people.names, people.ids, people.on_roster and sorted(people.on_roster)))


def _rows(connection: Connection, snapshot: Snapshot) -> tuple[str, str]:
    """Ids of the assignment and of our notebook in it; both are made where they are not there."""
    tables.put(connection, tables.course, [{"id": _COURSE}], key=["id"])
    own: dict[str, Any] = {"id": new_id(), "name": snapshot.id, "course_id": _COURSE}
    tables.put(connection, tables.assignment, [own], key=["name"])
    table = tables.assignment
    is_ours = table.c.name == snapshot.id
    if snapshot.due is not None:
        due = datetime.fromisoformat(snapshot.due).astimezone(UTC).replace(tzinfo=None)
        connection.execute(update(table).where(is_ours).values(duedate=due))
    assignment = connection.execute(select(table.c.id).where(is_ours)).scalar_one()
    notebook = tables.notebook
    row = {"id": new_id(), "name": snapshot.package, "assignment_id": assignment}
    tables.put(connection, notebook, [row], key=["name", "assignment_id"])
    chosen = (notebook.c.name == snapshot.package) & (notebook.c.assignment_id == assignment)
    return assignment, connection.execute(select(notebook.c.id).where(chosen)).scalar_one()


def _others(connection: Connection, place: Place) -> dict[str, float]:
    """What other notebooks of the assignment are worth: nbgrader adds it to what ours is."""
    notebook, cell, graded = tables.notebook.c, tables.base_cell.c, tables.grade_cells.c
    rows = connection.execute(
        select(notebook.name, func.sum(graded.max_score))
        .join(tables.base_cell, cell.notebook_id == notebook.id)
        .join(tables.grade_cells, graded.id == cell.id)
        .where(notebook.assignment_id == place.assignment, notebook.id != place.notebook)
        .group_by(notebook.name)
    )
    return {name: points for name, points in rows if points}


def _load(path: Path, assignment: str) -> dict[str, _Mark]:
    """What was remembered of this database; nothing of another one, or of a damaged file."""

    def marks(data: Any) -> dict[str, _Mark]:
        if data["assignment"] != assignment:
            return {}
        return {name: _Mark(*map(str, mark)) for name, mark in data["records"].items()}

    try:
        return read_json(path, marks)
    except Damaged:
        return {}

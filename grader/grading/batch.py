"""A class of submissions to a folder of records; what is already graded is not graded again.

Of a submission that has changed, only the exercises are run that can meet what has. Where only
points or words of `assignment.toml` have changed, nothing is run: the points of what is kept are
worked out again.

Only this process writes, each file in one step: killed at any moment, a batch loses at most
what was being graded, and the next run goes on from there. What lies where:
`grader.records.layout`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.boundary.guest.kernel import keep_out_tracers
from grader.boundary.requirements import refuse_readable
from grader.course.assignment import Assignment
from grader.errors import PlatformError, UsageError
from grader.grading.engines.engine import Engine, Graded
from grader.grading.known import Known, Row, seen
from grader.grading.results import unread_record, unrun
from grader.grading.worker import Job
from grader.intake.entries import shown
from grader.intake.handin import Found
from grader.intake.names import record_name
from grader.intake.read import Submission, Unread, read_for
from grader.intake.stamp import stamp
from grader.records import digests, store
from grader.records.assignment_snapshot import describe
from grader.records.brief import Brief
from grader.records.layout import Out
from grader.records.record import MISSING, ExerciseResult, Record, Status
from grader.scoring.rescore import rescored

_WRITERS = 4  # records that are flushed to the disk together


@dataclass(frozen=True)
class Settings:
    """How a batch is run."""

    out: Path
    engine: Engine
    regrade: bool = False
    allow_weak_jail: bool = False
    take_records: bool = False  # that our autograder made where the class handed in


@dataclass(frozen=True)
class Progress:
    """One step of a batch: a record, fresh or kept."""

    record: Brief
    fresh: bool
    rescored: bool = False  # kept, but its outcomes are worth other points now
    taken: bool = False  # from where the class handed in
    damaged: str = ""  # why the record of an earlier run could not be kept
    unread: Unread | None = None  # why the hand-in could not be read
    absent: bool = False  # kept, though nothing is handed in now
    before: Brief | None = None  # of an earlier run, where the points were worked out once more

    @property
    def moved(self) -> float | None:
        """By how many points, with the bonus; None where there was no score before, or is none."""
        if self.before is None or self.before.status == Status.MISSING:
            return None
        before, now = self.before.score, self.record.score
        return None if before is None or now is None else round(now - before, 6)


def grade_batch(
    assignment: Assignment,
    found: list[Found],
    settings: Settings,
    tables: Mapping[Path, Any] | None = None,
) -> Iterator[Progress]:
    """Grade what is found. Yields the kept records first, then each new one once it is written.

    `tables` are what else is known of the class: plain data by its file.
    """
    if assignment.reference is not None:
        assignment.reference_files()  # what is not there is said now, and not in the middle
    if not settings.allow_weak_jail:
        refuse_readable(assignment.folder, settings.out)
        settings.engine.refuse_weak_jail()
    if sys.platform == "linux":
        keep_out_tracers()
    with only_grader(settings.out):
        snapshot = Out(settings.out).assignment(assignment.id)
        for path, table in {snapshot: describe(assignment), **(tables or {})}.items():
            text = json.dumps(table, ensure_ascii=False, indent=1)
            store.write_atomically(path, text + "\n")
        with closing(_KeptRecords(assignment, settings, found)) as kept:
            yield from map(kept.compared, _steps(assignment, found, settings, kept))


def _steps(
    assignment: Assignment, found: list[Found], settings: Settings, kept: _KeptRecords
) -> Iterator[Progress]:
    waiting, damaged = [], {}
    unread: list[tuple[Found, Unread]] = []
    for entry in found:
        try:
            step = kept.step(entry)
        except Unread as fault:
            unread.append((entry, fault))
            continue
        except PlatformError as error:
            step, damaged[entry.student] = None, error.fields["reason"]
        if step is not None:
            yield step
        elif (taken := _taken(assignment, entry, settings)) is not None:
            brief = kept.write(Brief.of(taken), store.text(taken))
            yield Progress(brief, fresh=False, taken=True)
        elif entry.problem is not None:  # known before anything is read
            record = unrun(assignment, read_for(assignment, entry))
            brief = kept.write(Brief.of(record), store.text(record))
            yield Progress(brief, fresh=True, damaged=damaged.get(entry.student, ""))
        else:
            waiting.append(entry)

    def jobs() -> Iterator[Job]:
        for entry in waiting:
            try:
                submission = kept.read(entry)
            except Unread as fault:
                unread.append((entry, fault))
                continue
            yield Job(submission, earlier=kept.results(entry), shares=not settings.regrade)

    for brief in kept.written(settings.engine.grade_all(assignment, jobs())):
        yield Progress(brief, fresh=True, damaged=damaged.get(brief.student, ""))
    for entry, why in unread:
        yield kept.unread(entry, why)


class _KeptRecords:
    """The records of this assignment that lie in `OUT`."""

    def __init__(self, assignment: Assignment, settings: Settings, found: list[Found]) -> None:
        self._assignment, self._settings = assignment, settings
        self._counting = {shown(entry.source) for entry in found if entry.problem is None}
        self._folder = Out(settings.out).records(assignment.id)
        self._known = Known.of(settings.out, assignment.id)
        # all that points, titles and what is read of a hand-in follow from
        words = json.dumps(describe(assignment), ensure_ascii=False)
        self._declared = digests.digest(digests.grader(), assignment.settings_sha256, words)
        self._stamps: dict[str, str] = {}  # by student: of what is being graded
        self._before: dict[str, Brief] = {}  # by student: what lay there

    def close(self) -> None:
        """Leave what is known to the next batch."""
        self._known.close()

    def read(self, entry: Found) -> Submission:
        """The hand-in, to be graded."""
        self._stamps[entry.student] = stamp(entry)
        return read_for(self._assignment, entry)

    def results(self, entry: Found) -> tuple[ExerciseResult, ...]:
        """What an earlier run said of each exercise, by the checks and settings of now."""
        path = self._path(entry.student)
        if self._settings.regrade or not path.exists():
            return ()
        try:
            record = store.read(path)
        except PlatformError:  # damaged, or of an earlier grader: it has been said
            return ()
        if not self._is_of(record, entry):
            return ()
        if record.status != Status.GRADED or not _by_these_checks(self._assignment, record):
            return ()
        return tuple(rescored(self._assignment, record).exercises)

    def write(self, brief: Brief, text: str) -> Brief:
        """A new record."""
        store.write_atomically(self._path(brief.student), text)
        return self._written(brief, text)

    def unread(self, entry: Found, fault: Unread) -> Progress:
        """Who was graded before keeps that record; who was not has one that says it failed."""
        path = self._path(entry.student)
        try:
            record = store.read(path) if path.exists() else None
        except PlatformError:  # damaged
            record = None
        if record is not None and record.status == Status.GRADED and self._is_of(record, entry):
            return Progress(Brief.of(record), fresh=False, unread=fault)
        record = unread_record(self._assignment, entry, fault)
        brief = self.write(Brief.of(record), store.text(record))
        return Progress(brief, fresh=True, unread=fault)

    def written(self, graded: Iterable[Graded]) -> Iterator[Brief]:
        """Each new record, once it is written.

        Most of that is waiting for the disk, and several together wait no longer than one.
        """
        writing: deque[tuple[Future[None], Brief, str]] = deque()

        def first() -> Brief:
            done, brief, text = writing.popleft()
            done.result()
            return self._written(brief, text)

        with ThreadPoolExecutor(_WRITERS) as pool:
            for one in graded:
                brief, text = Brief.of(one.record), one.text()
                path = self._path(brief.student)
                done = pool.submit(store.write_atomically, path, text)
                writing.append((done, brief, text))
                while len(writing) > (_WRITERS if one.more else 0):
                    yield first()
            while writing:
                yield first()

    def _written(self, brief: Brief, text: str) -> Brief:
        path = self._path(brief.student)
        self._note(path, seen(path), text, self._stamps.pop(brief.student, ""), brief)
        return brief

    def step(self, entry: Found) -> Progress | None:
        """The record of an earlier run, if it still holds, with the points that are declared now.

        Raises `PlatformError` if it is damaged.
        """
        path = self._path(entry.student)
        if not path.exists():
            return None
        row = self._known.get(path)
        if row is not None:
            self._before[entry.student] = row.brief
        if self._settings.regrade and entry.problem is None:
            self._look_back(path, entry)
            return None
        handin = stamp(entry)
        if row is not None and row.declared == self._declared:
            unread = handin == row.handin != ""
            if not self._may_stay(entry, row.brief, unread=unread):
                return None
            if not unread:
                self._known.note(path, replace(row, handin=handin))
            return Progress(row.brief, fresh=False, absent=_is_absent(entry, row.brief))
        file, content = seen(path), store.content(path)
        record = store.decode(path, content)
        if not self._is_of(record, entry):
            reason = f"{record.assignment}, {record.student}"
            raise PlatformError("error.record_misplaced", file=path, reason=reason)
        before = self._before[entry.student] = Brief.of(record)
        if not self._may_stay(entry, before):
            return None
        current = rescored(self._assignment, record)
        if current != record:  # points or a title are other ones now; the outcomes are not
            content = store.write(current, path).encode()
            file = seen(path)
        brief = Brief.of(current)
        self._note(path, file, content, handin, brief)
        is_rescored, absent = _worth(current) != _worth(record), _is_absent(entry, brief)
        return Progress(brief, fresh=False, rescored=is_rescored, absent=absent)

    def compared(self, step: Progress) -> Progress:
        """With what lay there before, where the points were worked out once more."""
        before = self._before.pop(step.record.student, None)
        is_again = step.fresh or step.rescored or step.taken
        return replace(step, before=before) if before is not None and is_again else step

    def _look_back(self, path: Path, entry: Found) -> None:
        """Read what is about to be replaced and is not known; damaged, it says nothing."""
        if entry.student in self._before:
            return
        with contextlib.suppress(PlatformError):
            record = store.read(path)
            if self._is_of(record, entry):
                self._before[entry.student] = Brief.of(record)

    def _may_stay(self, entry: Found, brief: Brief, *, unread: bool = False) -> bool:
        if _is_absent(entry, brief) and _lay_in(brief.source, {*entry.perhaps, *self._counting}):
            return False  # what was graded is not, or not surely, this person's
        return _holds(self._assignment, entry, self._settings, brief, unread=unread)

    def _is_of(self, record: Record, entry: Found) -> bool:
        return (record.assignment, record.student) == (self._assignment.id, entry.student)

    def _path(self, student: str) -> Path:
        return self._folder / f"{record_name(student)}.json"

    def _note(self, path: Path, file: str, content: str | bytes, handin: str, brief: Brief) -> None:
        row = Row(file, digests.digest(content), handin, self._declared, brief)
        self._known.note(path, row)


def _worth(record: Record) -> tuple[float | None, ...]:
    return record.points, record.possible, record.extra_points, record.extra_possible


def _taken(assignment: Assignment, entry: Found, settings: Settings) -> Record | None:
    """The record that came with the hand-in, if it is wanted and of these very files and checks."""
    if not settings.take_records or not entry.record:
        return None
    try:
        record = store.decode(settings.out, entry.record.encode())
        if record.assignment != assignment.id:
            return None
        if not _holds(assignment, entry, settings, Brief.of(record)):
            return None
    except PlatformError:  # of another grader; or the hand-in cannot be read, which is said later
        return None
    return rescored(assignment, replace(record, student=entry.student))


def _holds(
    assignment: Assignment,
    entry: Found,
    settings: Settings,
    record: Brief,
    *,
    unread: bool = False,
) -> bool:
    """Whether a record is of what is handed in and declared now.

    `unread`: the hand-in is known to be what was graded.
    """
    if record.lacking and not settings.allow_weak_jail:
        return False
    if _is_absent(entry, record):
        return True  # a download without it does not undo what was handed in before
    if record.status == Status.BROKEN or not _by_these_checks(assignment, record):
        return False
    return unread or record.submission_sha256 == read_for(assignment, entry).sha256


def _is_absent(entry: Found, record: Brief) -> bool:
    """Whether something was handed in before, and nothing is now."""
    is_missing = entry.problem is not None and entry.problem.code == MISSING
    return is_missing and record.status != Status.MISSING


def _lay_in(source: str, labels: set[str]) -> bool:
    """Whether it is one of them, or was found in one: `kim.zip/hw1`."""
    ends = [at for at, letter in enumerate(source) if letter == "/"]
    return not labels.isdisjoint({source, *(source[: at + n] for at in ends for n in (0, 1))})


def _by_these_checks(assignment: Assignment, record: Brief | Record) -> bool:
    declared = (assignment.checks_sha256, assignment.settings_sha256)
    return (record.checks_sha256, record.settings_sha256) == declared


@contextlib.contextmanager
def only_grader(out: Path) -> Iterator[None]:
    """Two graders on one folder would undo each other's work.

    The kernel lets go of the lock when this process ends, however it ends.
    """
    import fcntl

    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = os.open(Out(out).lock, os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise UsageError("error.cannot_write", file=out, reason=error.strerror or error) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError("error.output_busy", folder=out) from None
        except OSError as error:  # a network drive without locks
            raise UsageError("error.no_lock", folder=out, reason=error.strerror) from None
        Out(out).remove_unfinished()
        yield
    finally:
        os.close(lock)

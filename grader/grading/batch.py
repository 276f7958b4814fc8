"""A class of submissions to a folder of records; what is already graded is not graded again.

Where only points or words of `assignment.toml` have changed, nothing is run: the points of what is
kept are worked out again.

    OUT/records/<assignment>/<student>.json     one record a submission
    OUT/assignments/<assignment>.json           titles, hints and points, for the report
    OUT/intake/<assignment>.json                who handed in what, what was left over
    OUT/roster.json                             who takes the course, where that is known
    OUT/known/<assignment>.json                 what makes the next start quicker

Only this process writes, each file in one step: killed at any moment, a batch loses at most
what was being graded, and the next run goes on from there.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.boundary.guest.kernel import keep_out_tracers
from grader.boundary.requirements import refuse_readable
from grader.course.assignment import Assignment
from grader.errors import PlatformError, UsageError
from grader.grading.engines.engine import Engine
from grader.grading.known import Known
from grader.grading.submission import unrun
from grader.grading.worker import Job
from grader.intake.handin import Found
from grader.intake.names import record_name
from grader.intake.read import read_for
from grader.records import store
from grader.records.assignment_snapshot import describe
from grader.records.brief import Brief
from grader.records.record import MISSING, Record, Status
from grader.scoring.rescore import rescored


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


def grade_batch(
    assignment: Assignment,
    found: list[Found],
    settings: Settings,
    tables: Mapping[str, Any] | None = None,
) -> Iterator[Progress]:
    """Grade what is found. Yields the kept records first, then each new one once it is written.

    `tables` are what else is known of the class: plain data by its path in `OUT`.
    """
    if assignment.reference is not None:
        assignment.reference_files()  # what is not there is said now, and not in the middle
    if not settings.allow_weak_jail:
        refuse_readable(assignment.folder, settings.out)
        settings.engine.refuse_weak_jail()
    if sys.platform == "linux":
        keep_out_tracers()
    with only_grader(settings.out):
        written = {f"assignments/{assignment.id}.json": describe(assignment), **(tables or {})}
        for name, table in written.items():
            text = json.dumps(table, ensure_ascii=False, indent=1)
            store.write_atomically(settings.out / name, text + "\n")
        known = Known(settings.out / "known" / f"{assignment.id}.json", _declared(assignment))
        try:
            yield from _steps(assignment, found, settings, known)
        finally:
            known.save()


def _steps(
    assignment: Assignment, found: list[Found], settings: Settings, known: Known
) -> Iterator[Progress]:
    folder = settings.out / "records" / assignment.id

    def write(brief: Brief, text: str) -> Brief:
        path = _path(folder, brief.student)
        store.write_atomically(path, text)
        known.note(path.stem, text, brief)
        return brief

    waiting, damaged = [], {}
    for entry in found:
        try:
            kept = _kept(assignment, entry, settings, known)
        except PlatformError as error:
            kept, damaged[entry.student] = None, error.fields["reason"]
        if kept is not None:
            yield kept
        elif (taken := _taken(assignment, entry, settings)) is not None:
            brief = write(Brief.of(taken), store.text(taken))
            yield Progress(brief, fresh=False, taken=True)
        elif entry.problem is not None:  # known before anything is read
            record = unrun(assignment, read_for(assignment, entry))
            brief = write(Brief.of(record), store.text(record))
            yield Progress(brief, fresh=True, damaged=damaged.get(entry.student, ""))
        else:
            waiting.append(entry)
    jobs = (Job(read_for(assignment, entry)) for entry in waiting)
    for graded in settings.engine.grade_all(assignment, jobs):
        brief = write(graded.brief, graded.text())
        yield Progress(brief, fresh=True, damaged=damaged.get(brief.student, ""))


def _declared(assignment: Assignment) -> str:
    """All that points and titles of a record follow from, beside its outcomes."""
    return json.dumps(describe(assignment), ensure_ascii=False)


def _path(folder: Path, student: str) -> Path:
    return folder / f"{record_name(student)}.json"


def _kept(
    assignment: Assignment, entry: Found, settings: Settings, known: Known
) -> Progress | None:
    """The record of an earlier run, if it still holds, with the points that are declared now.

    Raises `PlatformError` if it is damaged.
    """
    path = _path(settings.out / "records" / assignment.id, entry.student)
    if not path.exists() or (settings.regrade and entry.problem is None):
        return None
    content = store.content(path)
    brief = known.get(path.stem, content)
    if brief is not None:
        return Progress(brief, fresh=False) if _holds(assignment, entry, settings, brief) else None
    record = store.decode(path, content)
    if (record.assignment, record.student) != (assignment.id, entry.student):
        reason = f"{record.assignment}, {record.student}"
        raise PlatformError("error.record_misplaced", file=path, reason=reason)
    if not _holds(assignment, entry, settings, Brief.of(record)):
        return None
    current = rescored(assignment, record)
    # where it differs, points or a title are other ones now; the outcomes are not
    written = content if current == record else store.write(current, path)
    brief = Brief.of(current)
    known.note(path.stem, written, brief)
    return Progress(brief, fresh=False, rescored=current.points != record.points)


def _taken(assignment: Assignment, entry: Found, settings: Settings) -> Record | None:
    """The record that came with the hand-in, if it is wanted and of these very files and checks."""
    if not settings.take_records or not entry.record:
        return None
    try:
        record = store.decode(settings.out, entry.record.encode())
    except PlatformError:  # of another grader
        return None
    if record.assignment != assignment.id:
        return None
    if not _holds(assignment, entry, settings, Brief.of(record)):
        return None
    return rescored(assignment, replace(record, student=entry.student))


def _holds(assignment: Assignment, entry: Found, settings: Settings, record: Brief) -> bool:
    if record.status == Status.BROKEN or (record.lacking and not settings.allow_weak_jail):
        return False
    is_missing = entry.problem is not None and entry.problem.code == MISSING
    if is_missing and record.status != Status.MISSING:
        return True  # a download without it does not undo what was handed in before
    return (
        record.submission_sha256,
        record.checks_sha256,
        record.settings_sha256,
    ) == (read_for(assignment, entry).sha256, assignment.checks_sha256, assignment.settings_sha256)


@contextlib.contextmanager
def only_grader(out: Path) -> Iterator[None]:
    """Two graders on one folder would undo each other's work.

    The kernel lets go of the lock when this process ends, however it ends.
    """
    import fcntl

    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = os.open(out / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise UsageError("error.cannot_write", file=out, reason=error.strerror or error) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError("error.output_busy", folder=out) from None
        except OSError as error:  # a network drive without locks
            raise UsageError("error.no_lock", folder=out, reason=error.strerror) from None
        for written in ("records", "assignments", "intake", "known"):
            store.remove_unfinished(out / written)
        yield
    finally:
        os.close(lock)

"""A class of submissions to a folder of records; what is already graded is not graded again.

    OUT/records/<assignment>/<student>.json     one record a submission
    OUT/assignments/<assignment>.json           titles, hints and points, for the report

Only this process writes, each file in one step: killed at any moment, a batch loses at most
what was being graded, and the next run goes on from there.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import records
from grader.assignment import Assignment
from grader.boundary.protection import refuse_weak_jail
from grader.errors import PlatformError, UsageError
from grader.pool import grade_all
from grader.records import Record
from grader.report.catalogue import describe
from grader.submission import Found, Submission, read, record_name
from grader.worker import Job


@dataclass(frozen=True)
class Settings:
    """How a batch is run."""

    out: Path
    workers: int
    regrade: bool = False
    allow_weak_jail: bool = False


@dataclass(frozen=True)
class Progress:
    """One step of a batch: a record, fresh or kept."""

    record: Record
    fresh: bool


def grade_batch(
    assignment: Assignment, found: list[Found], settings: Settings
) -> Iterator[Progress]:
    """Grade what is found. Yields the kept records first, then each new one once it is written."""
    folder = settings.out / "records" / assignment.id
    if not settings.allow_weak_jail:
        refuse_weak_jail()
    with _only_grader(settings.out):
        catalogue = json.dumps(describe(assignment), ensure_ascii=False, indent=1)
        records.write_atomically(
            settings.out / "assignments" / f"{assignment.id}.json", catalogue + "\n"
        )
        jobs = []
        for entry in found:
            kept = None if settings.regrade else _kept(folder, entry)
            job = Job(_read(assignment, entry))
            if kept is not None and _is_current(kept, assignment, job, settings):
                yield Progress(kept, fresh=False)
            else:
                jobs.append(job)
        for job, record in grade_all(assignment, jobs, settings.workers):
            records.write(record, _path(folder, job.submission.student))
            yield Progress(record, fresh=True)


def _read(assignment: Assignment, entry: Found) -> Submission:
    wanted = [file.name for file in assignment.files]
    required = [file.name for file in assignment.files if file.required]
    return read(entry, assignment.package, wanted, required)


def _path(folder: Path, student: str) -> Path:
    return folder / f"{record_name(student)}.json"


def _kept(folder: Path, entry: Found) -> Record | None:
    """The record of an earlier run; a damaged one counts as none."""
    with contextlib.suppress(PlatformError):
        return records.read(_path(folder, entry.student))
    return None


def _is_current(record: Record, assignment: Assignment, job: Job, settings: Settings) -> bool:
    if record.status == "broken" or (record.lacking and not settings.allow_weak_jail):
        return False
    return (
        record.submission_sha256,
        record.checks_sha256,
        record.settings_sha256,
    ) == (job.submission.sha256, assignment.checks_sha256, assignment.settings_sha256)


@contextlib.contextmanager
def _only_grader(out: Path) -> Iterator[None]:
    """Two graders on one folder would undo each other's work."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = os.open(out / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise UsageError("error.cannot_write", file=out, reason=error) from None
    try:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UsageError("error.output_busy", folder=out) from None
    finally:
        os.close(lock)

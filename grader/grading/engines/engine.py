"""What a batch knows of whoever runs its jobs: a pool of processes here, or a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from grader.course.assignment import Assignment
from grader.grading.worker import Job
from grader.records import store
from grader.records.brief import Brief
from grader.records.record import Record


@dataclass(frozen=True)
class Graded:
    """What came of a job: a record, or the text of its file, whichever the engine has.

    `more`: what came of others is at hand as well.
    """

    job: Job
    brief: Brief
    made: Record | str
    more: bool = False

    @classmethod
    def of(cls, job: Job, record: Record) -> Self:
        """From the record."""
        return cls(job, Brief.of(record), record)

    @property
    def record(self) -> Record:
        """The record. Raises `PlatformError` when a worker has sent what is none."""
        if isinstance(self.made, Record):
            return self.made
        return store.decode(Path(self.job.submission.student), self.made.encode())

    def text(self) -> str:
        """What is to be written."""
        return store.text(self.made) if isinstance(self.made, Record) else self.made


class Engine(Protocol):
    """Turns jobs into records. It owns no files and knows no output folder."""

    def refuse_weak_jail(self) -> None:
        """Raise `PlatformError` where student code would run without every protection."""

    def grade_all(self, assignment: Assignment, jobs: Iterable[Job]) -> Iterator[Graded]:
        """Grade every job, in any order. Raises what keeps grading from starting at all.

        A job is taken from `jobs` when there is room for it: a class need not fit into memory.
        """

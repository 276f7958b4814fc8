"""What a batch knows of whoever runs its jobs: a pool of processes here, or a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from grader.course.assignment import Assignment
from grader.grading.worker import Job
from grader.records import store
from grader.records.record import Record


@dataclass(frozen=True)
class Graded:
    """What came of a job. `sent` is the text of the record's file where it came as such."""

    job: Job
    record: Record
    sent: str = ""

    def text(self) -> str:
        """What is to be written: to make it takes longer than everything else that is done here."""
        return self.sent or store.text(self.record)


class Engine(Protocol):
    """Turns jobs into records. It owns no files and knows no output folder."""

    def refuse_weak_jail(self) -> None:
        """Raise `PlatformError` where student code would run without every protection."""

    def grade_all(self, assignment: Assignment, jobs: Iterable[Job]) -> Iterator[Graded]:
        """Grade every job, in any order. Raises what keeps grading from starting at all.

        A job is taken from `jobs` when there is room for it: a class need not fit into memory.
        """

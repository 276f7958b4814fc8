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
    """What came of a job. `written` is the text of the record, where the engine has it already.

    `more`: what came of others is at hand as well.
    """

    job: Job
    record: Record
    written: str = ""
    more: bool = False

    def text(self) -> str:
        """What is to be written."""
        return self.written or store.text(self.record)


class Engine(Protocol):
    """Turns jobs into records. It owns no files and knows no output folder."""

    def refuse_weak_jail(self) -> None:
        """Raise `PlatformError` where student code would run without every protection."""

    def grade_all(self, assignment: Assignment, jobs: Iterable[Job]) -> Iterator[Graded]:
        """Grade every job, in any order. Raises what keeps grading from starting at all.

        A job is taken from `jobs` when there is room for it: a class need not fit into memory.
        """

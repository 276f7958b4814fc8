"""What was graded of one assignment, for the exports: one record after another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.errors import UsageError
from grader.records import store
from grader.records.record import Record
from grader.report.results import Entry, Results, gather, misplaced


def find(out: Path, assignment: str) -> Results:
    """The results of the assignment in `out`.

    Raises `UsageError` when it was not graded there, `PlatformError` when a file is damaged.
    """
    everything = {results.snapshot.id: results for results in gather(out)}
    if assignment not in everything:
        known = ", ".join(everything)
        raise UsageError("export.not_graded", folder=out, assignment=assignment, known=known)
    return everything[assignment]


def entries(results: Results) -> Iterator[Entry]:
    """Each student's record, ordered by the names of the files.

    Raises `PlatformError` when a file is damaged, or two are of one student: neither can be
    trusted.
    """
    seen: set[str] = set()
    for path in results.files:
        entry = results.entry(path, store.content(path))
        student = entry.record.student
        if student in seen:
            raise misplaced(path, entry.record.assignment, student)
        seen.add(student)
        yield entry


def score(record: Record) -> float | None:
    """All points, with those of the bonus; None where something is to be graded again."""
    if record.points is None or record.extra_points is None:
        return None
    return record.points + record.extra_points

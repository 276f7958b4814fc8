"""The files of `OUT/scores/<assignment>/`: `grader report` writes them beside its pages."""

from __future__ import annotations

from pathlib import Path

from grader.export import junit, scores
from grader.records.layout import Out
from grader.report.formats import Format

FILES = {"scores.csv": scores.CSV, "scores.json": scores.JSON}
JUNIT = "junit.xml"  # only where it is asked for: it was a fifth of a report


def files(*, with_junit: bool) -> dict[str, Format]:
    """What is written."""
    return {**FILES, JUNIT: junit.JUNIT} if with_junit else FILES


def remove_junit(out: Path, assignment: str) -> None:
    """Of an earlier run: it would tell of other records."""
    (Out(out).scores(assignment) / JUNIT).unlink(missing_ok=True)

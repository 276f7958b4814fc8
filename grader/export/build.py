"""Every file in `OUT/scores/<assignment>/` that follows from the records in `OUT`."""

from __future__ import annotations

from pathlib import Path

from grader.export import junit, scores
from grader.records.store import write_atomically
from grader.report.results import gather

FILES = {"scores.csv": scores.to_csv, "scores.json": scores.to_json, "junit.xml": junit.junit}


def build(out: Path, lang: str) -> list[Path]:
    """Write the files of every assignment, sentences in `lang`. Returns their paths.

    Raises `UsageError` when nothing was graded yet, `PlatformError` when a file is damaged or
    cannot be written.
    """
    written = []
    for results in gather(out):
        folder = out / "scores" / results.snapshot.id
        for name, text in FILES.items():
            write_atomically(folder / name, text(results, lang))
            written.append(folder / name)
    return written

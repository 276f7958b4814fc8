"""What formgrader needs beside the database: a notebook for each student, to grade by hand in.

formgrader lists the assignments that it finds in `source/`, and shows
`autograded/<student>/<assignment>/<notebook>.ipynb` with a box for the score and one for a comment
at each cell that the database knows. A submission of modules has no such notebook: here it is made
of what the checks said. A file that is there and is not ours stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from dateutil import parser, tz

from grader.export.gradebook.cells import Cell
from grader.export.gradebook.grades import Graded
from grader.i18n import choose, translate
from grader.records.assignment_snapshot import Snapshot
from grader.records.store import write_atomically

_OURS = "grader_gradebook"  # in the metadata of a notebook that we may write again


class Pages:
    """The notebooks of one assignment."""

    def __init__(self, root: Path, snapshot: Snapshot, cells: Sequence[Cell], lang: str) -> None:
        self._root, self._snapshot, self._cells, self._lang = root, snapshot, cells, lang

    def write_source(self) -> None:
        """Let formgrader see the assignment, unless the course has a source of its own for it."""
        folder = self._root / "source" / self._snapshot.id
        if not folder.exists():
            self._write(folder, {})

    def write(self, student: str, grades: Mapping[str, Graded]) -> None:
        """The notebook of a student. Raises `PlatformError` when it cannot be written."""
        self._write(self._root / "autograded" / student / self._snapshot.id, grades)

    def _write(self, folder: Path, grades: Mapping[str, Graded]) -> None:
        path = folder / f"{self._snapshot.package}.ipynb"
        if path.exists() and not _is_ours(path):
            return
        notebook = {
            "cells": list(self._shown(grades)),
            "metadata": {
                _OURS: {"assignment": self._snapshot.id},
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            },
            "nbformat": 4,
            "nbformat_minor": 4,
        }
        # in one line: with an indent Python takes ten times as long, a quarter of the whole command
        text = json.dumps(notebook, ensure_ascii=False) + "\n"
        write_atomically(path, text, lasting=False)

    def _shown(self, grades: Mapping[str, Graded]) -> Iterator[dict[str, Any]]:
        """A heading for each exercise, its functions, and below them the checks that failed."""
        note = translate("report.formgrader.note", self._lang)
        yield _heading(f"# {choose(self._snapshot.title, self._lang)}\n\n{note}")
        exercises = {f.name: entry for entry in self._snapshot.exercises for f in entry.functions}
        last = None
        for cell in self._cells:
            entry = exercises[cell.function]
            if entry is not last:
                last = entry
                yield _heading(f"## {choose(entry.title, self._lang)}")
            graded = grades.get(cell.name)
            if not cell.check or (graded and graded.lost):
                yield _cell(cell, graded.comment if graded and cell.check else "")


def handed_in(folder: Path) -> datetime | None:
    """When, in UTC, by nbgrader's `timestamp.txt` in the folder; None where there is none.

    Read as nbgrader reads it: formgrader takes a submission with another time for a newer one.
    """
    try:
        words = (folder / "timestamp.txt").read_text(encoding="utf-8").strip().split(" ")
        if len(words) == 3:
            zone = int(words[2]) if words[2].lstrip("+-").isdigit() else tz.gettz(words[2])
            moment: datetime = parser.parse(" ".join([*words[:2], "TZ"]), tzinfos={"TZ": zone})
        else:
            moment = parser.parse(" ".join(words))
    except (OSError, ValueError, OverflowError):
        return None
    offset = moment.utcoffset()
    return moment if offset is None else (moment - offset).replace(tzinfo=None)


def _is_ours(path: Path) -> bool:
    try:
        return _OURS in json.loads(path.read_text(encoding="utf-8"))["metadata"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def _heading(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _cell(cell: Cell, said: str) -> dict[str, Any]:
    """A cell that a person grades and comments. Its words are output: nothing in it is markup."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {
            "nbgrader": {
                "schema_version": 3,
                "grade": True,
                "solution": True,
                "locked": False,
                "task": False,
                "grade_id": cell.name,
                "points": cell.max_score,
            }
        },
        "source": f"# {cell.check or cell.function}",
        "outputs": [{"output_type": "stream", "name": "stdout", "text": said}] if said else [],
    }

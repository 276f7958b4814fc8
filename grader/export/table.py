"""A row of a CSV file that a spreadsheet may open."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from grader.report import escape


def line(values: Sequence[str | float | None]) -> str:
    """The row, with its line end; no cell runs as a formula."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([escape.cell(value) for value in values])
    return text.getvalue()

"""Which pages need not be made again: `OUT/report/<assignment>/made.json`.

Beside the name of each record stands a digest of all that its pages follow from, and of how large
and how old the pages are. Whatever changes (the record, the student's name, the assignment, the
grader itself, a page), the digest is another one and the pages are made again. What
the pages may show stands there too, for whoever passes the same on (`grader export`). The file can
be removed at any time: that costs a slower report, and that nobody is told of a difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from grader.json_file import Damaged, read_json
from grader.records.decode import typed
from grader.records.digests import digest

FILE = "made.json"


@dataclass(frozen=True)
class Made:
    """What the last report made: by the name of a record its mark, and what all pages may show."""

    published: bool
    with_inputs: bool
    marks: dict[str, str]


def mark(source: str, pages: Iterable[Path]) -> str:
    """What stands in the list of a page in every language, made from `source`; "" for none yet."""
    try:
        states = [path.lstat() for path in pages]
    except OSError:
        return ""
    return digest(source, *(f"{state.st_size} {state.st_mtime_ns}" for state in states))


def load(path: Path) -> Made | None:
    """None where there is no report yet, or a damaged list."""
    try:
        return read_json(path, partial(typed, Made))
    except Damaged:
        return None


def dump(made: Made) -> str:
    """What `load` reads."""
    return json.dumps(asdict(made), ensure_ascii=False, indent=0) + "\n"

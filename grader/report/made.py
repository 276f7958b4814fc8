"""Which pages need not be made again: `OUT/report/<assignment>/made.json`.

Beside the name of each record stands a digest of all that its pages follow from, and of how large
and how old the pages are. Whatever changes (the record, the student's name, the assignment, the
grader itself, a page), the digest is another one and the pages are made again. The file can be
removed at any time: that costs a slower report, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from grader.json_file import Damaged, read_json
from grader.records.decode import typed
from grader.records.digests import digest


def mark(source: str, pages: Iterable[Path]) -> str:
    """What stands in the list of a page in every language, made from `source`; "" for none yet."""
    try:
        states = [path.lstat() for path in pages]
    except OSError:
        return ""
    return digest(source, *(f"{state.st_size} {state.st_mtime_ns}" for state in states))


def load(path: Path) -> dict[str, str]:
    """Name of a record -> mark. Nothing where there is no such list, or a damaged one."""
    try:
        return read_json(path, partial(typed, dict[str, str]))
    except Damaged:
        return {}


def dump(marks: Mapping[str, str]) -> str:
    """What `load` reads."""
    return json.dumps(marks, ensure_ascii=False, indent=0) + "\n"

"""Which pages need not be made again: `OUT/report/<assignment>/made.json`.

Beside the name of each record stands a digest of all that its pages follow from, and of how large
and how old the pages are. Whatever changes (the record, the student's name, the assignment, the
grader itself, a page), the digest is another one and the pages are made again. The file can be
removed at any time: that costs a slower report, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def digest(*parts: str | bytes) -> str:
    """Of texts in this order; no two lists of texts have the same."""
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        whole.update(len(content).to_bytes(8, "big") + content)
    return whole.hexdigest()


@cache
def grader() -> str:
    """A digest of our own code, templates and sentences: a page follows from them too."""
    return digest(*(part for file in _all(files("grader")) for part in file))


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
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def dump(marks: Mapping[str, str]) -> str:
    """What `load` reads."""
    return json.dumps(marks, ensure_ascii=False, indent=0) + "\n"


def _all(folder: Traversable) -> list[tuple[str, bytes]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _all(entry)
        elif entry.name.endswith((".py", ".j2", ".toml", ".css", ".js")):
            found.append((entry.name, entry.read_bytes()))
    return found

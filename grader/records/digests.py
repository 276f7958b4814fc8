"""Digests by which something that is there already is known to be current."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable


def digest(*parts: str | bytes) -> str:
    """Of texts in this order; no two lists of texts have the same."""
    whole = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        whole.update(len(content).to_bytes(8, "big") + content)
    return whole.hexdigest()[:32]


def of_files(files: Mapping[str, bytes]) -> str:
    """Of files with their names, in whatever order they come."""
    return digest(*(part for file in sorted(files.items()) for part in file))


@cache
def grader() -> str:
    """A digest of our own code, templates and sentences: what we make follows from them too."""
    return digest(*(part for file in _all(files("grader")) for part in file))


def _all(folder: Traversable) -> list[tuple[str, bytes]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _all(entry)
        elif entry.name.endswith((".py", ".j2", ".toml", ".ini", ".css", ".js")):
            found.append((entry.name, entry.read_bytes()))
    return found

"""Whether a hand-in is still what was read, told without reading it."""

from __future__ import annotations

import time

from grader.intake.handin import Found
from grader.records.digests import digest

_TICK = 2 * 10**9  # ns between two times that every file system tells apart


def stamp(found: Found) -> str:
    """A digest of which files there are, their sizes, times and inodes; "" where it tells nothing.

    A file that has changed just now may change once more at what counts as the same time.
    """
    now = time.time_ns()
    try:
        files = [] if found.problem else found.node.listing().files
    except Exception:  # reading it says why
        return ""
    parts = []
    for file in files:
        if file.seen is None or max(file.seen.written, file.seen.changed) > now - _TICK:
            return ""
        parts.append(f"{file.name} {' '.join(map(str, file.seen))}")
    return digest(*parts) if parts else ""

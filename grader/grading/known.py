"""What a batch knew of its records when it ended: `OUT/known/<assignment>.json`.

Beside the digest of a record's file stands what the next batch must know of it, so that a record
that has not changed need not be taken apart and scored again. It holds for one grader and one
`assignment.toml`, else all is forgotten. The file can be removed at any time: that costs a slower
start, and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.records import digests, store
from grader.records.brief import Brief
from grader.records.decode import typed

# New entries after which it is saved, or a fifth of a large table: a batch that is killed has most
# of them, and the time for saving grows with the class and not with its square.
_OFTEN = 1000


@dataclass(frozen=True)
class _Entry:
    content: str  # the digest of the file
    brief: Brief


@dataclass(frozen=True)
class _Table:
    declared: str
    records: dict[str, _Entry]


class Known:
    """By name of a record's file. `declared` is a digest of what points follow from."""

    def __init__(self, path: Path, declared: str) -> None:
        self._path, self._declared = path, digests.digest(digests.grader(), declared)
        self._records: dict[str, _Entry] = {}
        self._new = 0  # entries since it was saved
        try:
            table = typed(_Table, json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError):
            return  # there is none, or a damaged one
        if table.declared == self._declared:
            self._records = table.records

    def get(self, name: str, content: bytes) -> Brief | None:
        """What is known of the file with this content: it has the points that are declared."""
        entry = self._records.get(name)
        return entry.brief if entry and entry.content == digests.digest(content) else None

    def note(self, name: str, content: str | bytes, brief: Brief) -> None:
        """The file has this content, and the record in it the points that are declared."""
        self._records[name] = _Entry(digests.digest(content), brief)
        self._new += 1
        if self._new > max(_OFTEN, len(self._records) // 5):
            self.save()

    def save(self) -> None:
        """Leave it to the next batch. Raises `PlatformError` when it cannot be written."""
        if self._new:
            table = asdict(_Table(self._declared, self._records))
            text = json.dumps(table, ensure_ascii=False, allow_nan=False)
            store.write_atomically(self._path, text + "\n", lasting=False)
            self._new = 0

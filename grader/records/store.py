"""Records on the disk: each file is written in one step, and read with every value checked."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.errors import PlatformError
from grader.records.record import SCHEMA, Record

_UNFINISHED = ".tmp"
# what `write_atomically` makes, and what earlier graders did
_OUR_UNFINISHED = re.compile(r"\.([0-9a-f]{16}|[a-z0-9_]{8})\.tmp")
_encoded = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=vars).encode


def write(record: Record, path: Path) -> str:
    """Write the record in one step: a reader sees the old file or the whole new one.

    Returns what was written.
    """
    content = text(record)
    write_atomically(path, content)
    return content


def text(record: Record) -> str:
    """What is written of a record: a line for each field, and one for each exercise.

    With a line for each value it would take six times as long.
    """
    lines = []
    for name, value in {"schema": SCHEMA, **vars(record)}.items():
        if name == "exercises":
            parts = ",".join(f"\n  {_encoded(part)}" for part in value)
            lines.append(f'\n "exercises": [{parts}\n ]')
        else:
            lines.append(f'\n "{name}": {_encoded(value)}')
    return "{" + ",".join(lines) + "\n}\n"


def write_atomically(
    path: Path,
    content: str | bytes | Iterable[str],
    *,
    lasting: bool = True,
    mode: int = 0o666,
) -> None:
    """Write beside `path`, flush to the disk, then rename over it. Raises `PlatformError`.

    Text is written as UTF-8; a long one may come in parts. What can be made again need not be
    `lasting`: it is not flushed, which costs more than all else. Of `mode` the umask takes away
    what it takes from every file.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.parent / f".{secrets.token_hex(8)}{_UNFINISHED}"
        # `tempfile` would make it the owner's alone, whatever the umask
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        temporary = unfinished
        with os.fdopen(handle, "wb") as file:
            file.writelines(_bytes(content))
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        reason = error.strerror or error
        raise PlatformError("error.cannot_write", file=path, reason=reason) from error


def _bytes(content: str | bytes | Iterable[str]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    for part in [content] if isinstance(content, str) else content:
        yield part.encode("utf-8", "backslashreplace")


def remove_unfinished(folder: Path, *, below: bool = True) -> None:
    """Remove what writers that were killed left in `folder`, and `below`; none may be at work."""
    pattern = f".*{_UNFINISHED}"
    for path in folder.rglob(pattern) if below else folder.glob(pattern):
        if _OUR_UNFINISHED.fullmatch(path.name) and path.is_file():
            path.unlink(missing_ok=True)


def read(path: Path) -> Record:
    """Read one record. Raises `PlatformError` when it is damaged or of another schema."""
    return decode(path, content(path))


def content(path: Path) -> bytes:
    """The file of a record. Raises `PlatformError` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlatformError("error.record_unreadable", file=path, reason=error) from error


def decode(path: Path, data: bytes) -> Record:
    """The record that `data` is, from the file `path`. Raises `PlatformError` like `read`."""
    try:
        return Record.from_json(json.loads(data.decode("utf-8")))
    except (ValueError, RecursionError) as error:
        raise PlatformError("error.record_unreadable", file=path, reason=error) from error

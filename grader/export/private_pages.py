"""Feedback pages under names that nobody can guess, to be put on any web server.

    OUT/secret                        the key of the names; whoever has it knows all of them
    <folder>/3f9c...e1.html           a student's page
    <folder>/index.html               empty, so that no server lists the others

With the same key the names stay the same, so that a link goes on working after a regrade.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from grader.errors import PlatformError
from grader.export import student_pages
from grader.export.graded import entries
from grader.export.table import line
from grader.records.store import write_atomically
from grader.report.feedback import Moment
from grader.report.results import Results

_KEY = 32  # bytes
_NAME = re.compile(r"[0-9a-f]{32}(?:\.[a-z]{2})?\.html")


def write(out: Path, folder: Path, results: Results, lang: str, moment: Moment) -> Iterator[str]:
    """Write the pages; gives the lines of a table of whose each is, which must stay private.

    Pages of who has no record any more are removed. Raises `PlatformError` when a file is damaged
    or cannot be written.
    """
    key = _key(out / "secret")
    written: set[str] = set()
    yield line(["student", "name", "email", "page"])
    write_atomically(folder / "index.html", "", lasting=False)
    for entry in entries(results):
        student = entry.record.student
        stem = _stem(key, entry.record.assignment, student)
        made = student_pages.render(results, entry, lang, moment, stem)
        for name, page in made.items():
            write_atomically(folder / name, page, lasting=False)
        written.update(made)
        email = results.people.ids.get(student, {}).get("email", "")
        yield line([student, entry.person, email, f"{stem}.html"])
    for path in folder.iterdir():
        if _NAME.fullmatch(path.name) and path.name not in written:
            path.unlink(missing_ok=True)


def _stem(key: bytes, assignment: str, student: str) -> str:
    whose = f"{assignment}\0{student}".encode("utf-8", "surrogatepass")
    return hmac.new(key, whose, hashlib.sha256).hexdigest()[:32]


def _key(path: Path) -> bytes:
    """The key, made once and readable by its owner alone."""
    try:
        with suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(_KEY) + "\n")
        key = bytes.fromhex(path.read_text(encoding="ascii"))
        if len(key) != _KEY:  # it was cut off, and the names could be guessed
            raise ValueError(f"{len(key)} bytes")
        return key
    except (OSError, ValueError) as error:
        raise PlatformError("export.no_key", file=path, reason=error) from error

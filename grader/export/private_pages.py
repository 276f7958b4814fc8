"""Feedback pages under names that nobody can guess, to be put on any web server.

    OUT/secret                         the key of the names; whoever has it knows all of them
    OUT/export/hw1/links.csv           whose each page is
    <folder>/3f9c...e1.html            a student's page
    <folder>/index.html                empty, so that no server lists the others

With the same key the names stay the same, so that a link goes on working after a regrade.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from grader.errors import PlatformError
from grader.export import student_pages
from grader.export.table import line
from grader.i18n import LANGUAGES
from grader.records.layout import Out
from grader.records.store import write_atomically
from grader.report.moment import Moment
from grader.report.results import Results

_KEY = 32  # bytes
_NAME = re.compile(r"(?P<stem>[0-9a-f]{32})(\.[a-z]+)?\.html")
_COLUMNS = ["student", "name", "email", "page"]


def write(
    out: Path, folder: Path, links: Path, results: Results, lang: str, moment: Moment
) -> None:
    """Write the pages into `folder` and the table of whose they are, which is private.

    The table names those in `lang`: a page's file is the same whatever stands there.
    Pages that `links` names from an earlier time, and that are nobody's now, are removed. Raises
    `PlatformError` when a file is damaged or cannot be written.
    """
    key, old = _key(Out(out).secret), _named(links)
    table = [line(_COLUMNS)]
    written: set[str] = set()
    if not (folder / "index.html").exists():
        write_atomically(folder / "index.html", "", lasting=False)
    for entry in results.entries():
        student = entry.record.student
        stem = _stem(key, entry.record.assignment, student)
        made = student_pages.render(results, entry, moment, stem)
        for name, page in made.items():
            write_atomically(folder / name, page, lasting=False)
        written.update(made)
        email = results.people.ids.get(student, {}).get("email", "")
        table.append(line([student, entry.person, email, student_pages.names(results, stem)[lang]]))
    for name in old - written:
        (folder / name).unlink(missing_ok=True)
    write_atomically(links, table, lasting=False, mode=0o600)


def _stem(key: bytes, assignment: str, student: str) -> str:
    whose = f"{assignment}\0{student}".encode("utf-8", "surrogatepass")
    return hmac.new(key, whose, hashlib.sha256).hexdigest()[:32]


def _named(links: Path) -> set[str]:
    """All names that the pages in the table may have; none where there is no table yet."""
    try:
        with links.open(encoding="utf-8", newline="") as file:
            pages = [_NAME.fullmatch(row.get("page") or "") for row in csv.DictReader(file)]
    except (OSError, ValueError, csv.Error):
        return set()
    stems = [found["stem"] for found in pages if found]
    return {
        f"{stem}{lang}.html" for stem in stems for lang in ("", *(f".{own}" for own in LANGUAGES))
    }


def _key(path: Path) -> bytes:
    """The key, made once and readable by its owner alone. Raises `PlatformError`."""
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

"""A notebook in place of the files that it is the same as.

Where somebody hands in both, the one with more functions written counts; of equal ones the files.
A notebook that is still the template does not count beside anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.intake.cells import MAX_BYTES, Notebook, notebook, notebook_too_large
from grader.intake.entries import Budget, Entry, Listing, Unsafe, is_notebook, shown
from grader.intake.modules import Assembled, assemble
from grader.intake.package import is_hidden
from grader.intake.statements import STUB
from grader.records.record import Message

MAX_READ = 10  # notebooks of one hand-in
_DEF = re.compile(rb"^\s*(async\s+)?def\s", re.MULTILINE)
_STUB = re.compile(STUB.pattern.encode(), re.MULTILINE)


@dataclass(frozen=True)
class Taken:
    """The notebook that counts."""

    name: str
    package: Assembled

    @property
    def folder(self) -> str:
        """Where it lies, and helper files of its own beside it: "" or "a/b/"."""
        head, slash, _ = self.name.rpartition("/")
        return head + slash


def notebook_for(
    listed: Listing,
    files: Mapping[str, bytes],
    wanted: Mapping[str, Sequence[str]],
    allowed: Sequence[str],
    notes: list[Message],
) -> Taken | None:
    """The notebook that counts in place of `files`, those of the package that are there.

    None where there is none, or the files count. Raises `Unsafe` where the only thing that was
    handed in is a notebook that cannot be taken.
    """
    there = [e for e in listed.files if is_notebook(e.name) and not is_hidden(e.name)]
    unread: dict[str, Unsafe] = {}
    read = dict(_readable(there[:MAX_READ], unread))
    if unread and not read and not files:
        raise next(iter(unread.values()))
    notes += [Message(unsafe.code, unsafe.fields) for unsafe in unread.values()]
    touched = {name: book for name, book in read.items() if not book.untouched}
    if files and not touched:
        return None
    taken = [
        Taken(name, assemble(book.cells, wanted, allowed=allowed))
        for name, book in (touched or read).items()
    ]
    written = {book.name: _written(book.package.files.values()) for book in taken}
    found = [book for book in taken if book.package.found]
    best = max(found, key=lambda book: written[book.name], default=None)
    if best is None and taken and not files:
        names = ", ".join(name for roots in wanted.values() for name in roots)
        raise Unsafe("notebook_without_code", file=shown(taken[0].name), names=shown(names))
    if best is not None and files and written[best.name] <= _written(files.values()):
        best = None
    notes += [Message("notebook", {"file": shown(book.name)}) for book in taken if book is not best]
    if best is not None:
        if files:
            notes.append(Message("notebook_counts", {"file": shown(best.name)}))
        notes += best.package.notes
    return best


def _readable(
    entries: Iterable[Entry], unread: dict[str, Unsafe]
) -> Iterable[tuple[str, Notebook]]:
    """Those that can be read; `unread` takes why another cannot."""
    for entry in entries:
        try:
            yield entry.name, notebook(entry.name, Budget(MAX_BYTES).read(entry))
        except Unsafe as unsafe:
            too_large = unsafe.code == "too_large"
            unread[entry.name] = notebook_too_large(entry.name) if too_large else unsafe


def _written(sources: Iterable[bytes]) -> int:
    """How many functions are more than a stub."""
    return sum(len(_DEF.findall(text)) - len(_STUB.findall(text)) for text in sources)

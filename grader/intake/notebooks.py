"""A notebook in place of the files that it is the same as.

Where somebody hands in both, the one with more functions written counts; of equal ones the files.
A notebook that is still the template does not count beside anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.intake.cells import (
    MAX_BYTES,
    MAX_SOURCE,
    Notebook,
    notebook,
    notebook_too_large,
)
from grader.intake.entries import Budget, Entry, Listing, Unsafe, is_notebook, shown, some_of
from grader.intake.modules import Assembled, assemble
from grader.intake.package import archives, is_hidden
from grader.intake.syntax import written_functions
from grader.records.record import Message

MAX_READ = 10  # notebooks of one hand-in
MAX_CODE = 2 * MAX_SOURCE  # of all of them: seven copies of the largest homework, solved


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
    there, missed = _likely(listed, wanted, files)
    unread: dict[str, Unsafe] = {}
    over = list[str]()
    read = dict(_readable(there, unread, over))
    if missed:
        notes.append(
            Message("notebooks_unread", {"limit": str(MAX_READ), "files": some_of(missed)})
        )
    if over:
        limit = f"{MAX_CODE >> 10} kB"
        notes.append(Message("notebooks_code_unread", {"limit": limit, "files": some_of(over)}))
    if unread and not read and not files:
        problem, *others = unread.values()
        notes += [*(Message(u.code, u.fields) for u in others), *_unopened(listed)]
        raise problem
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
        looked_at = some_of(book.name for book in taken)
        notes += _unopened(listed)
        raise Unsafe("notebook_without_code", file=looked_at, names=shown(names))
    if best is not None and files and written[best.name] <= _written(files.values()):
        best = None
    notes += [Message("notebook", {"file": shown(book.name)}) for book in taken if book is not best]
    if best is not None:
        if files:
            notes.append(Message("notebook_counts", {"file": shown(best.name)}))
        notes += best.package.notes
    return best


def _likely(
    listed: Listing, wanted: Mapping[str, Sequence[str]], files: Mapping[str, bytes]
) -> tuple[list[Entry], list[str]]:
    """The notebooks that are read, and the names of those that are missed.

    Those in which a graded name stands come first, as far as the budget goes. Beside files no other
    is missed.
    """
    there = [e for e in listed.files if is_notebook(e.name) and not is_hidden(e.name)]
    if len(there) <= MAX_READ:
        return there, []
    graded, budget = [name.encode() for names in wanted.values() for name in names], Budget()
    likely = [entry for entry in there if _names_any(entry, graded, budget)]
    ordered = [*likely, *(entry for entry in there if entry not in likely)]
    missed = likely[MAX_READ:] if likely or files else ordered[MAX_READ:]
    return ordered[:MAX_READ], sorted(entry.name for entry in missed)


def _unopened(listed: Listing) -> Iterable[Message]:
    """Where a notebook that cannot be taken stands in the way of archives."""
    if found := archives(listed):
        yield Message("archives_unopened", {"archives": some_of(entry.name for entry in found)})


def _names_any(entry: Entry, names: Sequence[bytes], budget: Budget) -> bool:
    try:
        content = budget.read(entry)
    except Unsafe:
        return False
    return any(name in content for name in names)


def _readable(
    entries: Iterable[Entry], unread: dict[str, Unsafe], over: list[str]
) -> Iterable[tuple[str, Notebook]]:
    """Those that can be read; `unread` takes why another cannot, `over` those of too much code."""
    left = MAX_CODE
    for entry in entries:
        try:
            book = notebook(entry.name, Budget(MAX_BYTES).read(entry))
        except Unsafe as unsafe:
            too_large = unsafe.code == "too_large"
            unread[entry.name] = notebook_too_large(entry.name) if too_large else unsafe
            continue
        if book.size > left:
            over.append(entry.name)
            continue
        left -= book.size
        yield entry.name, book


def _written(sources: Iterable[bytes]) -> int:
    """How many functions are more than a stub; in a file, none in what nobody writes by hand."""
    texts = (source.decode("utf-8-sig", "replace") for source in sources)
    return sum(written_functions(text) for text in texts if len(text) <= MAX_SOURCE)

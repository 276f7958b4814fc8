"""An archive in an archive, or beside other files: where in it the files are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from grader.intake.archives import opened, unpacked
from grader.intake.entries import Entry, Listing, Unsafe, shown
from grader.intake.package import archive_beside, loose_code, only_archive
from grader.records.record import Message

MAX_NESTED = 2  # a zip in a zip


def innermost(
    listed: Listing,
    way: list[Entry],
    stack: ExitStack,
    is_found: Callable[[Listing], object] = lambda _: False,
) -> Listing:
    """The listing of the only archive in an only archive, or of the first that `is_found`.

    `way` are the archives that lead to `listed`, and takes those that lead on. `stack` closes them.
    Raises `Unsafe`.
    """
    while len(way) < MAX_NESTED and not is_found(listed):
        archive = only_archive(listed)
        if archive is None:
            break
        listed = _entered(archive, way, stack)
    return listed


def beside_files(
    listed: Listing,
    way: list[Entry],
    stack: ExitStack,
    is_found: Callable[[Listing], object],
    notes: list[Message],
) -> Listing:
    """The listing of the only archive beside files, where what is looked for is in there alone.

    `listed` itself elsewhere. `notes` takes which of the two it is, or why nobody can say.
    """
    archive = archive_beside(listed)
    if archive is None or len(way) >= MAX_NESTED or is_found(listed):
        return listed
    further = [*way]
    try:
        inner = innermost(_entered(archive, further, stack), further, stack, is_found)
    except Unsafe as unsafe:
        notes.append(Message(unsafe.code, unsafe.fields))
        return listed
    if not is_found(inner):
        return listed
    way[:] = further
    found = shown(", ".join(loose_code(listed)))
    notes.append(Message("archive_counts", {"archive": shown(archive.name), "found": found}))
    return inner


def _entered(archive: Entry, way: list[Entry], stack: ExitStack) -> Listing:
    way.append(archive)
    # an archive in a bulk download is in an archive too
    is_inner = len(way) > 1 or archive.packed is not None
    return unpacked(stack.enter_context(opened(archive, is_inner=is_inner)), archive.name)

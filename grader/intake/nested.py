"""An archive in an archive: where in it the files are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from grader.intake.archives import opened, unpacked
from grader.intake.entries import Entry, Listing
from grader.intake.package import only_archive

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
        way.append(archive)
        # an archive in a bulk download is in an archive too
        is_inner = len(way) > 1 or archive.packed is not None
        listed = unpacked(stack.enter_context(opened(archive, is_inner=is_inner)), archive.name)
    return listed

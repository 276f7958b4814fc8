"""Reading what a student handed in, trusting nothing it says: a folder, an archive, a file.

Nothing is unpacked to the disk, but for an archive in an archive that is too large for memory.
Every name is looked at before any content; content is read in pieces against a budget of bytes
that really came. What nobody asks for is not read, whatever its size. What breaks a rule is
`Unsafe`.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import IO

from grader.intake.entries import (
    MAX_BYTES,
    Budget,
    Entry,
    Listing,
    Seen,
    Unsafe,
    archive_too_large,
    is_readable,
    shown,
    unsupported,
)
from grader.intake.folders import folder, open_plain
from grader.intake.tars import tarred
from grader.intake.zips import zipped

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # a file, none, a part
MAX_INNER = 256 << 20  # of an archive in an archive
# What readers of these ask of memory and time cannot be bounded, or they are programs of their own.
_OTHERS = {b"Rar!": "RAR", b"7z\xbc\xaf\x27\x1c": "7z", b"ALZ\x01": "ALZ", b"EGGA": "EGG"}
_OTHER_SUFFIXES = {".rar": "RAR", ".7z": "7z", ".alz": "ALZ", ".egg": "EGG"}


def listing(path: Path) -> Listing:
    """The files of a folder; a file counts as a folder of one. Raises `Unsafe`."""
    try:
        if path.is_symlink():
            raise Unsafe("unsafe_archive", entry=shown(path.name))
        if path.is_dir():
            return folder(path)
        if not path.exists():
            return Listing([], [])
    except OSError:  # we may not even look
        raise unsupported(path.name) from None
    if not is_readable(path.name):
        raise other_archive(path.name) or unsupported(path.name)
    return Listing([plain(path, path.name)], [])


def plain(path: Path, name: str) -> Entry:
    """A file on the disk, under a name."""
    try:
        seen = Seen.of(path.lstat())
    except OSError:  # gone, or not ours to look at
        seen = None
    return Entry(name, partial(open_plain, str(path)), seen=seen)


def opened(archive: Entry, *, is_inner: bool) -> IO[bytes]:
    """An archive, to be listed and read in any order. Raises `Unsafe`."""
    if not is_inner:
        try:
            return archive.open()
        except OSError:
            raise unsupported(archive.name) from None
    file = tempfile.SpooledTemporaryFile(MAX_BYTES)  # noqa: SIM115 - closed by who asked for it
    try:
        Budget(MAX_INNER).copy(archive, file.write)
    except Unsafe as unsafe:
        file.close()
        if unsafe.code == "too_large":
            raise archive_too_large(archive.name, MAX_INNER) from None
        raise
    return file


def unpacked(file: IO[bytes], name: str) -> Listing:
    """The files of an archive; its kind is told by its first bytes. Raises `Unsafe`.

    It stays open as long as they are read.
    """
    file.seek(0)
    magic = file.read(8)
    if not magic:
        return Listing([], [])
    if magic.startswith(_ZIP):
        return zipped(file)
    for start, kind in _OTHERS.items():
        if magic.startswith(start):
            raise Unsafe("other_archive", entry=shown(name), kind=kind)
    return tarred(file, name)


def other_archive(name: str) -> Unsafe | None:
    """The refusal of an archive that we do not open, by its name."""
    kind = _OTHER_SUFFIXES.get(Path(name).suffix.lower())
    return Unsafe("other_archive", entry=shown(name), kind=kind) if kind else None

"""Reading a student's archive or folder into memory, trusting nothing it says.

Nothing is unpacked to the disk. Every name is looked at before any content; content is read in
pieces against a budget of bytes that really came; links, devices and fifos are never opened.
What breaks a rule is `Unsafe`.
"""

from __future__ import annotations

import os
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MAX_ENTRIES = 2_000
MAX_BYTES = 20 << 20  # read in all
MAX_RATIO = 200  # unpacked to packed, once an entry is larger than a source file ever is
RATIO_FROM = 1 << 20
CHUNK = 1 << 16
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")

_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, ValueError)
_ENCRYPTED = 0x1


class Unsafe(Exception):
    """What cannot be taken: a code below `message.` and its fields."""

    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields


@dataclass(frozen=True)
class Entry:
    """A plain file that was found, not yet read."""

    name: str  # parts joined by "/"
    packed: int | None  # bytes in the archive, where it tells
    open: Callable[[], IO[bytes]]


class Budget:
    """How many bytes may still be read of one submission."""

    def __init__(self) -> None:
        self._left = MAX_BYTES

    def read(self, entry: Entry) -> bytes:
        """The content of an entry. Raises `Unsafe` when it is too much, or damaged."""
        content = bytearray()
        try:
            with entry.open() as file:
                while piece := file.read(CHUNK):
                    content += piece
                    self._left -= len(piece)
                    if self._left < 0 or _is_bomb(len(content), entry.packed):
                        raise Unsafe("too_large", entry=shown(entry.name))
        except (*_BROKEN, NotImplementedError, RuntimeError) as error:
            raise Unsafe("broken_archive", reason=shown(str(error))) from None
        return bytes(content)


@contextmanager
def entries(path: Path) -> Iterator[list[Entry]]:
    """The plain files of an archive or a folder. Raises `Unsafe`."""
    if path.is_symlink():
        raise Unsafe("unsafe_archive", entry=shown(path.name))
    if path.is_dir():
        yield list(_folder(path))
        return
    opener = _zip if path.name.lower().endswith(".zip") else _tar
    try:
        with opener(path) as found:
            names = [unicodedata.normalize("NFC", entry.name) for entry in found]
            for name in names:
                if names.count(name) > 1:
                    raise Unsafe("ambiguous", entry=shown(name))
            yield found
    except (*_BROKEN, RecursionError) as error:
        raise Unsafe("broken_archive", reason=shown(str(error))) from None


def shown(name: str) -> str:
    """A student's name for something, fit to be shown: short, and nothing that repaints."""
    text = "".join(c if c.isprintable() and not _is_format(c) else "�" for c in name)
    return text if len(text) <= 120 else text[:119] + "…"


def _is_format(character: str) -> bool:
    return unicodedata.category(character) in {"Cf", "Cs", "Co", "Cn"}


def _is_bomb(size: int, packed: int | None) -> bool:
    return packed is not None and size > RATIO_FROM and size > MAX_RATIO * max(packed, 1)


def _checked(name: str) -> str:
    """A name that stays below the folder it is in. Raises `Unsafe`."""
    parts = name.split("/")
    evil = "\\" in name or "\0" in name or name.startswith("/") or (len(name) > 1 and name[1] == ":")
    if evil or ".." in parts or not name:
        raise Unsafe("unsafe_archive", entry=shown(name))
    return "/".join(part for part in parts if part not in {"", "."})


@contextmanager
def _zip(path: Path) -> Iterator[list[Entry]]:
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_ENTRIES:
            raise Unsafe("too_many", limit=str(MAX_ENTRIES))
        # entries that lie over one another unpack the same bytes again and again
        end = -1
        for info in sorted(infos, key=lambda info: info.header_offset):
            if info.header_offset < end:
                raise Unsafe("unsafe_archive", entry=shown(info.filename))
            end = info.header_offset + info.compress_size
        yield [_zip_entry(archive, info) for info in infos if not info.filename.endswith("/")]


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    # orig_filename: zipfile itself cuts at NUL and turns backslashes on some systems
    name = _checked(info.orig_filename)
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        raise Unsafe("unsafe_archive", entry=shown(name))
    if info.flag_bits & _ENCRYPTED:
        raise Unsafe("encrypted", entry=shown(name))
    return Entry(name, info.compress_size, lambda: archive.open(info))


@contextmanager
def _tar(path: Path) -> Iterator[list[Entry]]:
    with tarfile.open(path, "r:*") as archive:
        members = []
        for member in archive:
            members.append(member)
            # compressed as a whole: sizes of single entries are unknown, so headers are bounded
            if len(members) > MAX_ENTRIES or archive.offset > 10 * MAX_BYTES:
                raise Unsafe("too_many", limit=str(MAX_ENTRIES))
        for member in members:
            if not (member.isreg() or member.isdir()) or member.issparse():
                raise Unsafe("unsafe_archive", entry=shown(member.name))
        yield [_tar_entry(archive, member) for member in members if member.isreg()]


def _tar_entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    def opened() -> IO[bytes]:
        file = archive.extractfile(member)
        if file is None:
            raise ValueError(member.name)
        return file

    return Entry(_checked(member.name), None, opened)


def _folder(root: Path) -> Iterator[Entry]:
    """Plain files below `root`. Links and special files are passed over, whatever they point to."""
    count = 0
    for folder, names, files in os.walk(root, followlinks=False):
        names[:] = sorted(n for n in names if not os.path.islink(os.path.join(folder, n)))
        for file in sorted(files):
            path = os.path.join(folder, file)
            count += 1
            if count > MAX_ENTRIES:
                raise Unsafe("too_many", limit=str(MAX_ENTRIES))
            if stat.S_ISREG(os.lstat(path).st_mode):
                name = os.path.relpath(path, root).replace(os.sep, "/")
                yield Entry(name, None, lambda path=path: _open_plain(path))  # type: ignore[misc]


def _open_plain(path: str) -> IO[bytes]:
    """Open a file that may have become a link or fifo since it was listed."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ValueError(path)
    return os.fdopen(handle, "rb")

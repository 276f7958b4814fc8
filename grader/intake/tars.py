"""A tar that was handed in, packed or not: read once from front to back.

Source files and notebooks are kept as they come by, each kind up to the budget; what else is asked
for later (an archive in the archive, one more notebook) is read in another pass. All that is not
wanted is unpacked and let go.

tarfile's reader of a whole archive goes in circles on negative sizes and backtracks for hours on
evil extended headers (CVE-2025-8194, CVE-2024-6232), so only its parser of one block is used.
Format: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block"; GNU tar manual,
"Basic Tar Format".
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from functools import partial
from tarfile import (
    AREGTYPE,
    BLKTYPE,
    BLOCKSIZE,
    CHRTYPE,
    CONTTYPE,
    DIRTYPE,
    FIFOTYPE,
    LNKTYPE,
    REGTYPE,
    SYMTYPE,
    TarError,
    TarInfo,
)
from typing import IO

from grader.intake.entries import (
    CHUNK,
    MAX_BYTES,
    Entry,
    Inventory,
    Listing,
    Unsafe,
    archive_too_large,
    broken,
    is_notebook,
    refused,
    shown,
)
from grader.intake.streams import unpacking

GZIP, BZIP2, XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"
# Of what is unpacked, wanted or not: time. On one core gzip and xz give 80 to 1600 MB a second,
# bzip2 10 to 20; a virtual environment with torch has 1 GB.
MAX_UNPACKED = {GZIP: 2 << 30, XZ: 2 << 30, BZIP2: 256 << 20}
MAX_EXTENDED = 64 << 20  # of all extended headers together: each of their lines costs time
_XZ_MEMORY = 128 << 20  # `xz -9` asks for 65 MB
_PLAIN = {REGTYPE, AREGTYPE, CONTTYPE}
_HEADER_ALONE = {DIRTYPE, SYMTYPE, LNKTYPE, FIFOTYPE, CHRTYPE, BLKTYPE}  # whatever size they say
_LONG_NAME, _LONG_LINK, _EXTENDED, _GLOBAL = b"L", b"K", b"x", b"g"


class _Stream:
    """What an archive holds, from its start, against the limit of its kind.

    `passed` is what other passes over it had of that limit.
    """

    def __init__(self, file: IO[bytes], name: str, passed: int = 0) -> None:
        file.seek(0)
        magic = file.read(len(XZ))
        file.seek(0)
        kind = next((kind for kind in MAX_UNPACKED if magic.startswith(kind)), b"")
        self._file = _unpacked(file, kind)
        self._is_packed = bool(kind)
        self._limit = MAX_UNPACKED.get(kind, 0)
        self._size = self._limit - passed if kind else file.seek(0, io.SEEK_END)
        file.seek(0)
        self._name = name
        self.at = 0

    def block(self) -> bytes:
        """The next block, nothing at the end."""
        data = self._file.read(BLOCKSIZE)
        self._advance(len(data))
        return data

    def read(self, size: int) -> bytes:
        """So many bytes. Raises `ValueError` when there are fewer, `Unsafe` at the limit."""
        self._advance(size)
        data = self._file.read(size)
        if len(data) < size:
            raise ValueError("unexpected end of data")
        return data

    def skip(self, size: int) -> None:
        """Pass so many bytes, as `read` does."""
        if self._is_packed:
            for at in range(0, size, CHUNK):
                self.read(min(CHUNK, size - at))
        else:
            self._advance(size)
            self._file.seek(size, io.SEEK_CUR)

    def finish(self) -> None:
        """Pass the rest: a checksum stands at its end."""
        while self._is_packed and (data := self._file.read(CHUNK)):
            self._advance(len(data))

    def _advance(self, size: int) -> None:
        self.at += size
        if self.at > self._size:
            if self._is_packed:
                raise archive_too_large(self._name, self._limit)
            raise ValueError("unexpected end of data")


def _unpacked(file: IO[bytes], kind: bytes) -> IO[bytes]:
    if kind == GZIP:
        return gzip.GzipFile(fileobj=file, mode="rb")  # type: ignore[return-value]
    if kind == BZIP2:
        return bz2.BZ2File(file)
    if kind == XZ:
        return unpacking(file, lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY))
    return file


class _Section(io.RawIOBase):
    """One file within a stream that stands at its start."""

    def __init__(self, stream: _Stream, size: int) -> None:
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(min(len(buffer), self._left))
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)


def tarred(file: IO[bytes], name: str) -> Listing:
    """The files of a tar, which stays open while they are read. Raises `Unsafe`."""
    inventory = Inventory()
    try:
        _Walk(partial(_Stream, file, name), inventory).walk()
    except (TarError, ValueError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise broken(error) from None
    return inventory.listing()


class _Walk:
    """From header to header."""

    def __init__(self, opened: Callable[..., _Stream], inventory: Inventory) -> None:
        self._opened = opened
        self._stream = opened()
        self._inventory = inventory
        self._sources = self._notebooks = self._extended = 0  # bytes
        self._passed = 0  # bytes, by all later passes together

    def walk(self) -> None:
        """Take every entry down."""
        name = ""  # the next entry's, where it is long
        while any(block := self._stream.block()):
            header = TarInfo.frombuf(block, "utf-8", "surrogateescape")
            size = 0 if header.type in _HEADER_ALONE else header.size
            if size < 0:
                raise ValueError("a negative size")
            end = self._stream.at + -(-size // BLOCKSIZE) * BLOCKSIZE
            if header.type == _LONG_NAME:
                name = self._header(size).rstrip(b"\0").decode("utf-8", "surrogateescape")
            elif header.type == _EXTENDED:
                name = _pax_path(self._header(size)) or name
            elif header.type not in {_LONG_LINK, _GLOBAL}:  # of those two, nothing is of use
                self._take(name or header.name, header.type, size)
                name = ""
            self._stream.skip(end - self._stream.at)
        self._stream.finish()

    def _header(self, size: int) -> bytes:
        self._extended += size
        if self._extended > MAX_EXTENDED:
            raise ValueError("extended headers without end")
        return self._stream.read(size)

    def _take(self, raw: str, kind: bytes, size: int) -> None:
        name = self._inventory.enter(raw)
        if not name:
            return
        if kind in _PLAIN:
            self._inventory.add(self._plain(name, size))
        elif kind != DIRTYPE:
            self._inventory.add(Entry(name, refused(Unsafe("unsafe_archive", entry=shown(name)))))

    def _plain(self, name: str, size: int) -> Entry:
        if name.endswith(".py"):
            self._sources += size
            if self._sources > MAX_BYTES:
                return Entry(name, refused(Unsafe("too_large", entry=shown(name))))
        elif is_notebook(name) and self._notebooks + size <= MAX_BYTES:
            self._notebooks += size
        else:
            return Entry(name, partial(self._again, self._stream.at, size), size)
        return Entry(name, partial(io.BytesIO, self._stream.read(size)), size)

    def _again(self, start: int, size: int) -> IO[bytes]:
        stream = self._opened(self._passed)
        self._passed += start + size
        stream.skip(start)
        return io.BufferedReader(_Section(stream, size), CHUNK)


def _pax_path(body: bytes) -> str:
    """The path in an extended header, lines of "length key=value"; "" when it has none."""
    path, at = "", 0
    while at < len(body):
        blank = body.index(b" ", at, at + 10)
        end = at + int(body[at:blank])
        if not blank < end <= len(body):
            raise ValueError("bad extended header")
        key, _, value = body[blank + 1 : end - 1].partition(b"=")
        if key == b"path":
            path = value.decode("utf-8", "surrogateescape")
        elif key == b"size" or key.startswith(b"GNU.sparse"):  # only for what is far too large
            raise Unsafe("unsafe_archive", entry=shown(path or key.decode("ascii", "replace")))
        at = end
    return path

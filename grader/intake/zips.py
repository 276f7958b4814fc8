"""A zip that was handed in: its list first, then only what is asked for.

The file stays open and is never held in memory, so that a model of any size may lie beside the
source. Format: PKWARE, APPNOTE.TXT; LZMA in 5.8, the directory in 4.3.
"""

from __future__ import annotations

import bz2
import copy
import io
import lzma
import stat
import zipfile
from contextlib import suppress
from functools import partial
from typing import IO

from grader.intake.entries import (
    CHUNK,
    MAX_BYTES,
    MAX_ENTRIES,
    Entry,
    Inventory,
    Listing,
    Unsafe,
    broken,
    refused,
    shown,
    unsupported,
)
from grader.intake.streams import unpacking

MAX_DIRECTORY = 32 << 20
_RECORD = b"PK\x01\x02"  # each item of the list begins so
_ENCRYPTED, _UTF8 = 0x1, 0x800  # flags of an item
_HEADER = 30  # bytes before the name
_LZMA_HEADER = 9


class _Watched(io.BufferedIOBase):
    """The file as zipfile sees it, which would read a list of any length at one go."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int | None = -1) -> bytes:
        wanted = -1 if size is None else size
        data = self._file.read(min(wanted, MAX_DIRECTORY))
        if wanted > MAX_DIRECTORY or (wanted > CHUNK and data.count(_RECORD) > MAX_ENTRIES):
            raise Unsafe("too_many", limit=str(MAX_ENTRIES))
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def zipped(file: IO[bytes]) -> Listing:
    """The files of a zip, which stays open while they are read. Raises `Unsafe`."""
    try:
        archive = zipfile.ZipFile(_Watched(file))
    except Unsafe:
        raise
    except Exception as error:  # as in Budget.copy
        raise broken(error) from None
    inventory, end, size = Inventory(), 0, file.seek(0, io.SEEK_END)
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        raw = _name(info)
        name = inventory.enter(raw)
        if not name or raw.endswith(("/", "\\")):
            continue
        # files that lie over one another unpack the same bytes again and again
        overlaps = info.header_offset < end
        end = info.header_offset + _HEADER + len(info.orig_filename) + info.compress_size
        fault = _fault(info, name, overlaps=overlaps, is_cut=end > size)
        if fault:
            inventory.add(Entry(name, refused(fault)))
            continue
        opened = partial(_open, archive, info)
        inventory.add(Entry(name, opened, info.file_size, info.compress_size, info.CRC))
    return inventory.listing()


def _name(info: zipfile.ZipInfo) -> str:
    # orig_filename: zipfile cuts the other at NUL, and turns backslashes on some systems
    name = info.orig_filename
    if info.flag_bits & _UTF8 or name.isascii():
        return name
    raw = name.encode("cp437")  # zipfile's guess; Korean Windows and macOS mean these two
    for encoding in ("cp949", "utf-8"):  # what is UTF-8 is so by no accident: it comes last
        with suppress(UnicodeDecodeError):
            name = raw.decode(encoding)
    return name


def _fault(info: zipfile.ZipInfo, name: str, *, overlaps: bool, is_cut: bool) -> Unsafe | None:
    """Why a file may not be read."""
    if overlaps or stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        return Unsafe("unsafe_archive", entry=shown(name))
    if is_cut:
        return broken(EOFError("unexpected end of data"))
    if info.flag_bits & _ENCRYPTED:
        return Unsafe("encrypted", entry=shown(name))
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, *_UNPACKED}:
        return unsupported(name)
    return None


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    unpacked = _UNPACKED.get(info.compress_type)
    if unpacked is None:
        return archive.open(info)
    # zipfile unpacks these without bound: it is asked for the bytes as they are
    packed = copy.copy(info)
    packed.compress_type = zipfile.ZIP_STORED
    packed.file_size = info.compress_size
    # its checksum is that of the unpacked bytes, at which Budget.copy looks
    packed.CRC = None  # type: ignore[assignment]
    return unpacked(archive.open(packed))


def _bzip2(packed: IO[bytes]) -> IO[bytes]:
    return unpacking(packed, bz2.BZ2Decompressor())


def _lzma(packed: IO[bytes]) -> IO[bytes]:
    header = packed.read(_LZMA_HEADER)  # version (2), length of what follows (2), properties (5)
    if len(header) < _LZMA_HEADER:
        raise EOFError("unexpected end of data")
    rest, lc = divmod(header[4], 9)
    pb, lp = divmod(rest, 5)
    # the decoder takes the memory of its dictionary at once; more than we read is never of use
    size = min(int.from_bytes(header[5:], "little"), MAX_BYTES + CHUNK)
    coder = {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": size}
    return unpacking(packed, lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[coder]))


_UNPACKED = {zipfile.ZIP_BZIP2: _bzip2, zipfile.ZIP_LZMA: _lzma}

"""Reading a student's folder or archive, trusting nothing it says.

Nothing is unpacked to the disk. An archive is small enough to be held in memory; every name in it
is looked at before any content; content is read in pieces against a budget of bytes that really
came. In a folder no link is followed, and nothing but a plain file is opened.
What breaks a rule is `Unsafe`.
"""

from __future__ import annotations

import io
import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from tarfile import AREGTYPE, BLOCKSIZE, CONTTYPE, DIRTYPE, REGTYPE, TarError, TarInfo
from typing import IO

MAX_ENTRIES = 2_000
MAX_BYTES = 20 << 20  # of an archive, and of what is read from it
MAX_NAME = 400
MAX_RATIO = 200  # unpacked to packed, once something is larger than a source file ever is
RATIO_FROM = 1 << 20
CHUNK = 1 << 16
SUFFIXES = (".zip", ".tar.gz", ".tgz", ".tar")

_ENCRYPTED, _UTF8 = 0x1, 0x800  # flags of a zip entry
_ZIP_HEADER = 30  # bytes before the name
_SKIPPED = {"__MACOSX", "__pycache__", "node_modules", "venv"}


class Unsafe(Exception):
    """What cannot be taken: a code below `message.` and its fields."""

    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields


@dataclass(frozen=True)
class Entry:
    """A plain file that was found, not yet read."""

    name: str  # parts joined by "/", NFC
    open: Callable[[], IO[bytes]]
    size: int | None = None  # as the archive claims; never trusted, but to be true
    packed: int | None = None  # bytes in the archive


@dataclass(frozen=True)
class Listing:
    """What a folder or an archive holds, ordered by name."""

    files: list[Entry]
    passed_over: list[str]  # links, special files, and folders that are not looked into


class Budget:
    """How many bytes may still be read."""

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
            if entry.size not in {None, len(content)}:
                raise ValueError("a size is not what it should be")
        except Unsafe:
            raise
        except OSError:
            raise _unsupported(entry.name) from None
        except Exception as error:  # zipfile raises what it likes on damaged data
            raise _broken(error) from None
        return bytes(content)


def listing(path: Path) -> Listing:
    """The files of a folder; a file counts as a folder of one. Raises `Unsafe`."""
    try:
        if path.is_symlink():
            raise Unsafe("unsafe_archive", entry=shown(path.name))
        if path.is_dir():
            return _folder(path)
        if not path.exists():
            return Listing([], [])
    except OSError:  # we may not even look
        raise _unsupported(path.name) from None
    if not is_archive(path.name):
        raise _unsupported(path.name)
    return Listing([Entry(path.name, partial(_open_plain, str(path)))], [])


def unpacked(data: bytes, name: str) -> Listing:
    """The files of an archive; its kind is told by its first bytes. Raises `Unsafe`."""
    if not data:
        return Listing([], [])
    if data.startswith(b"PK"):
        files = _zip(data)
    else:
        try:
            files = _tar(_gunzipped(data, name) if data.startswith(b"\x1f\x8b") else data)
        except (TarError, zlib.error, ValueError) as error:
            raise _broken(error) from None
    files.sort(key=lambda entry: entry.name)
    _refuse_doubles([entry.name for entry in files])
    return Listing(files, [])


def is_archive(name: str) -> bool:
    """Whether a file of this name should be an archive that we can read."""
    return name.lower().endswith(SUFFIXES)


def is_skipped(folder: str) -> bool:
    """Whether a folder of this name holds a tool's own files, often thousands."""
    return folder.startswith(".") or folder in _SKIPPED


def shown(name: str) -> str:
    """A student's name for something, fit to be shown: short, and nothing that repaints."""
    text = "".join(c if c.isprintable() else "�" for c in name)
    return text if len(text) <= 120 else text[:119] + "…"


def _unsupported(name: str) -> Unsafe:
    return Unsafe("unsupported", entry=shown(name), allowed=", ".join(SUFFIXES))


def _broken(error: Exception) -> Unsafe:
    return Unsafe("broken_archive", reason=shown(str(error) or type(error).__name__))


def _is_bomb(size: int, packed: int | None) -> bool:
    return packed is not None and size > RATIO_FROM and size > MAX_RATIO * max(packed, 1)


def _checked(name: str) -> str:
    """A name that stays below the folder it is in, NFC. Raises `Unsafe`."""
    parts = name.split("/")
    evil = "\\" in name or "\0" in name or name.startswith("/") or name[1:2] == ":"
    if evil or ".." in parts or not 0 < len(name) <= MAX_NAME:
        raise Unsafe("unsafe_archive", entry=shown(name))
    return unicodedata.normalize("NFC", "/".join(part for part in parts if part not in {"", "."}))


def _refuse_doubles(names: list[str]) -> None:
    """Which of two files of one name counts, or whether it is a folder, depends on the reader."""
    seen = set()
    folders = {str(folder) for name in names for folder in PurePosixPath(name).parents}
    for name in names:
        if name in seen or name in folders:
            raise Unsafe("ambiguous", entry=shown(name))
        seen.add(name)


def _zip(data: bytes) -> list[Entry]:
    # zipfile would read a list of any length; each item of it begins with these four bytes
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise Unsafe("too_many", limit=str(MAX_ENTRIES))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # as in Budget.read
        raise _broken(error) from None
    files, end = [], 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        name, is_folder = _zip_name(info)
        # entries that lie over one another unpack the same bytes again and again
        if info.header_offset < end:
            raise Unsafe("unsafe_archive", entry=shown(name))
        end = info.header_offset + _ZIP_HEADER + len(info.orig_filename) + info.compress_size
        if end > len(data):
            raise _broken(ValueError("unexpected end of data"))
        if info.flag_bits & _ENCRYPTED:
            raise Unsafe("encrypted", entry=shown(name))
        # bzip2 and lzma are unpacked by zipfile without any bound
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _unsupported(name)
        if not is_folder:
            opened = partial(archive.open, info)
            files.append(Entry(name, opened, info.file_size, info.compress_size))
    return files


def _zip_name(info: zipfile.ZipInfo) -> tuple[str, bool]:
    """Name of an entry, and whether it is a folder. Raises `Unsafe`."""
    # orig_filename: zipfile cuts the other at NUL, and turns backslashes on some systems
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437")  # zipfile's guess; Korean Windows and macOS mean these two
        for encoding in ("cp949", "utf-8"):  # what is UTF-8 is so by no accident: it comes last
            with suppress(UnicodeDecodeError):
                name = raw.decode(encoding)
    is_folder = name.endswith("/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFDIR if is_folder else stat.S_IFREG}:
        raise Unsafe("unsafe_archive", entry=shown(name))
    return _checked(name), is_folder


def _gunzipped(data: bytes, name: str) -> bytes:
    stream = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    content = stream.decompress(data, MAX_BYTES + 1)
    if len(content) > MAX_BYTES or _is_bomb(len(content), len(data)):
        raise Unsafe("too_large", entry=shown(name))
    if not stream.eof:
        raise ValueError("unexpected end of data")
    return content


def _tar(data: bytes) -> list[Entry]:
    """The files of a tar archive.

    tarfile's reader of a whole archive goes in circles on negative sizes and backtracks for hours
    on evil extended headers (CVE-2025-8194, CVE-2024-6232), so only its parser of one block is
    used. Format: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block"; GNU tar
    manual, "Basic Tar Format".
    """
    files: list[Entry] = []
    at, count, name = 0, 0, ""
    while any(block := data[at : at + BLOCKSIZE]):
        header = TarInfo.frombuf(block, "utf-8", "surrogateescape")
        start = at + BLOCKSIZE
        size = 0 if header.type == DIRTYPE else header.size
        if not 0 <= size <= len(data) - start:
            raise ValueError("unexpected end of data")
        body = data[start : start + size]
        at = start + -(-size // BLOCKSIZE) * BLOCKSIZE
        if header.type == b"L":  # the next entry's name, where it is long
            name = body.rstrip(b"\0").decode("utf-8", "surrogateescape")
        elif header.type == b"x":
            name = _pax_path(body) or name
        elif header.type not in {b"g", b"K"}:  # of those two, nothing is of use
            count += 1
            if count > MAX_ENTRIES:
                raise Unsafe("too_many", limit=str(MAX_ENTRIES))
            path = _checked(name or header.name)
            if header.type in {REGTYPE, AREGTYPE, CONTTYPE}:
                files.append(Entry(path, partial(io.BytesIO, body)))
            elif header.type != DIRTYPE:
                raise Unsafe("unsafe_archive", entry=shown(path))
            name = ""
    return files


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


def _folder(root: Path) -> Listing:
    """Plain files below `root`."""
    files: list[Entry] = []
    passed_over: list[str] = []
    pending, count = [""], 0
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder) as items:
                for item in items:
                    count += 1
                    if count > MAX_ENTRIES:
                        raise Unsafe("too_many", limit=str(MAX_ENTRIES))
                    name = unicodedata.normalize("NFC", folder + item.name)
                    if item.is_file(follow_symlinks=False):
                        files.append(Entry(name, partial(_open_plain, item.path)))
                    elif not item.is_dir(follow_symlinks=False):
                        passed_over.append(name)
                    elif is_skipped(item.name):
                        passed_over.append(f"{name}/")
                    else:
                        pending.append(f"{folder}{item.name}/")
        except OSError:  # not ours to read, or nested too deep
            passed_over.append(folder)
    return Listing(sorted(files, key=lambda entry: entry.name), sorted(passed_over))


def _open_plain(path: str) -> IO[bytes]:
    """Open a file that may have become a link or fifo since it was listed. Raises `OSError`."""
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # not on Windows
    handle = os.open(path, os.O_RDONLY | careful)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(path)
    return os.fdopen(handle, "rb")

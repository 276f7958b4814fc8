"""What a folder or an archive holds, listed before anything is read.

`folders`, `zips` and `tars` make a `Listing`. What could never be taken (a link, a file under a
password) is listed like anything else and refused only when somebody reads it: a link in a virtual
environment costs nothing. Tools' own folders are not listed at all. What breaks a rule is `Unsafe`.
"""

from __future__ import annotations

import os
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import IO, NamedTuple, NoReturn, Self

# Two limits on numbers: of what could be read, and of names, which only cost time and memory. A
# virtual environment with torch has 20 000 to 60 000 names; a zip of 200 000 is listed in 4 s of
# one core and 200 MB of memory.
MAX_SOURCES = 2_000
MAX_ENTRIES = 200_000
MAX_BYTES = 20 << 20  # of all that is read
MAX_NAME = 400
MOST_NAMED = 5
MAX_RATIO = 200  # unpacked to packed, once something is larger than a source file ever is
RATIO_FROM = 1 << 20
CHUNK = 1 << 16
NOTEBOOK = ".ipynb"
CODE = (".py", NOTEBOOK)
SUFFIXES = (".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar")

_ENVIRONMENTS = {"env", "venv"}
_SKIPPED = _ENVIRONMENTS | {
    "__macosx",
    "__pycache__",
    "node_modules",
    "site-packages",
    "dist-packages",
}


class Unsafe(Exception):
    """What cannot be taken: a code below `message.` and its fields."""

    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields


class Seen(NamedTuple):
    """What changes whenever a file on the disk does."""

    size: int
    written: int  # ns
    changed: int  # ns; no program can set it
    inode: int
    at: int = 0  # where it lies in an archive

    @classmethod
    def of(cls, found: os.stat_result) -> Self:
        """Of what the system says."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that was found, not yet read."""

    name: str  # parts joined by "/", NFC
    open: Callable[[], IO[bytes]]  # raises `Unsafe` where it may not be read
    size: int | None = None  # as the archive claims; never trusted, but to be true
    packed: int | None = None  # bytes in the archive
    checksum: int | None = None  # CRC-32
    seen: Seen | None = None  # of the file on the disk that holds it


@dataclass(frozen=True)
class Listing:
    """What a folder or an archive holds, ordered by name."""

    files: list[Entry]
    passed_over: list[str]  # links, special files, and folders that are not looked into


class Inventory:
    """A listing in the making, which counts."""

    def __init__(self) -> None:
        self._files: list[Entry] = []
        self._passed_over: set[str] = set()
        self._sources = self._names = 0

    def enter(self, raw: str) -> str:
        """The name of one more thing in an archive, or "" where it is passed over.

        Raises `Unsafe`.
        """
        name = checked(raw)
        if tool := tool_folder(name):
            self.pass_over(tool)
            return ""
        if len(name) > MAX_NAME:
            raise Unsafe("unsafe_archive", entry=shown(name))
        self.count(name)
        return name

    def count(self, name: str = "") -> None:
        """One more name. Raises `Unsafe` when there are too many, or too many that matter."""
        self._names += 1
        self._sources += is_readable(name)
        for number, limit in ((self._names, MAX_ENTRIES), (self._sources, MAX_SOURCES)):
            if number > limit:
                raise Unsafe("too_many", limit=str(limit))

    def add(self, entry: Entry) -> None:
        """A file, which was counted."""
        self._files.append(entry)

    def pass_over(self, name: str) -> None:
        """What is not looked into."""
        self._passed_over.add(name)

    def listing(self) -> Listing:
        """All of it."""
        files = sorted(self._files, key=lambda entry: entry.name)
        return Listing(files, sorted(self._passed_over))


class Budget:
    """How many bytes may still be read."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._left = limit

    def read(self, entry: Entry) -> bytes:
        """The content of an entry. Raises `Unsafe` when it is too much, or damaged."""
        content = bytearray()
        self.copy(entry, content.extend)
        return bytes(content)

    def copy(self, entry: Entry, write: Callable[[bytes], object]) -> None:
        """Hand the content of an entry on in pieces. Raises `Unsafe` as `read` does."""
        size = checksum = 0
        try:
            with entry.open() as file:
                while piece := file.read(CHUNK):
                    size += len(piece)
                    checksum = zlib.crc32(piece, checksum)
                    self._left -= len(piece)
                    if self._left < 0 or _is_bomb(size, entry.packed):
                        raise Unsafe("too_large", entry=shown(entry.name))
                    write(piece)
            if entry.size not in {None, size} or entry.checksum not in {None, checksum}:
                raise ValueError("a size or checksum is not what it should be")
        except Unsafe:
            raise
        except OSError as error:
            if error.errno is None:  # of bz2 and gzip, not of the system
                raise broken(error) from None
            raise unsupported(entry.name) from None
        except Exception as error:  # zipfile raises what it likes on damaged data
            raise broken(error) from None


def refused(unsafe: Unsafe) -> Callable[[], IO[bytes]]:
    """The `open` of an entry that may not be read."""
    return partial(_refuse, unsafe)


def _refuse(unsafe: Unsafe) -> NoReturn:
    raise unsafe


def is_archive(name: str) -> bool:
    """Whether a file of this name should be an archive that we can read."""
    return name.lower().endswith(SUFFIXES)


def is_code(name: str) -> bool:
    """Whether a file of this name holds code as it is: a module or a notebook."""
    return name.lower().endswith(CODE)


def is_notebook(name: str) -> bool:
    """Whether a file of this name is a notebook."""
    return name.lower().endswith(NOTEBOOK)


def is_readable(name: str) -> bool:
    """Whether a file of this name could be read: the others are skipped, whatever their size."""
    return is_code(name) or is_archive(name)


def is_skipped(folder: str) -> bool:
    """Whether a folder of this name holds a tool's own files, often thousands."""
    return folder.startswith(".") or folder.lower() in _SKIPPED


def tool_folder(name: str) -> str:
    """The first folder on the way to a file that is a tool's own, as "a/.git/"; "" for none.

    An environment has no Python file at its top: such an `env/` is a package of the student's.
    """
    *folders, file = name.split("/")
    for depth, folder in enumerate(folders, 1):
        if is_skipped(folder):
            is_own = depth == len(folders) and file.endswith(".py")
            if not (is_own and folder.lower() in _ENVIRONMENTS):
                return "/".join(folders[:depth]) + "/"
    return ""


def checked(name: str) -> str:
    """A name that stays below the folder it is in, NFC. Raises `Unsafe`.

    PowerShell 5 packs with backslashes.
    """
    plain = name.replace("\\", "/")
    parts = plain.split("/")
    evil = "\0" in plain or plain.startswith("/") or plain[1:2] == ":"
    if evil or not plain or ".." in parts:
        raise Unsafe("unsafe_archive", entry=shown(name))
    return unicodedata.normalize("NFC", "/".join(part for part in parts if part not in {"", "."}))


def shown(name: str) -> str:
    """A student's name for something, fit to be shown: short, and nothing that repaints."""
    text = "".join(c if c.isprintable() else "�" for c in name)
    return text if len(text) <= 120 else text[:119] + "…"


def some_of(names: Iterable[str]) -> str:
    """The first few of them, fit to be shown."""
    first = [shown(name) for name in islice(names, MOST_NAMED + 1)]
    return ", ".join([*first[:MOST_NAMED], *(["…"] if len(first) > MOST_NAMED else [])])


def unsupported(name: str) -> Unsafe:
    """The refusal of what we cannot open."""
    return Unsafe("unsupported", entry=shown(name), allowed=", ".join(SUFFIXES))


def broken(error: Exception) -> Unsafe:
    """The refusal of what is damaged."""
    return Unsafe("broken_archive", reason=shown(str(error) or type(error).__name__))


def archive_too_large(name: str, limit: int) -> Unsafe:
    """The refusal of an archive that nobody can be expected to look through."""
    return Unsafe("archive_too_large", entry=shown(name), limit=f"{limit >> 20} MB")


def _is_bomb(size: int, packed: int | None) -> bool:
    return packed is not None and size > RATIO_FROM and size > MAX_RATIO * max(packed, 1)

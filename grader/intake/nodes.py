"""Where hand-ins lie: a folder on the disk, or a bulk download that is still zipped, seen alike.

A bulk download is never unpacked and never held in memory. What a node is called decides whose it
is; its content is read only by `grader.intake.read`.
"""

from __future__ import annotations

import unicodedata
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from grader.intake.archives import listing, plain
from grader.intake.entries import (
    MAX_ENTRIES,
    MAX_NAME,
    SUFFIXES,
    Entry,
    Listing,
    Seen,
    Unsafe,
    is_archive,
    is_skipped,
    shown,
)
from grader.intake.folders import open_plain
from grader.intake.zips import directory, member, name_of

# Also what we cannot open: its owner is somebody all the same.
_PACKED = (".rar", ".7z", ".egg", ".alz", ".gz", ".bz2", ".xz")
_DEEPEST = 41  # parts of a name in a zip; each may open as many folders, but for the last
_UNTAKEN = "._"  # a name that begins so is a system's, in every source
_SUFFIXES = sorted((*SUFFIXES, *_PACKED), key=len, reverse=True)  # the longest first


class Node(ABC):
    """A folder or a file."""

    name: str  # NFC

    @property
    @abstractmethod
    def is_folder(self) -> bool:
        """Whether it holds others. A link holds nothing."""

    @property
    @abstractmethod
    def children(self) -> Sequence[Node]:
        """What it holds, ordered by name; nothing where it is no folder, or not ours to read."""

    @abstractmethod
    def entry(self, name: str) -> Entry:
        """The file that it is, under a name. Raises `Unsafe`."""

    @abstractmethod
    def listing(self) -> Listing:
        """All files in it; a file counts as a folder of one. Raises `Unsafe`."""

    @property
    def shown(self) -> str:
        """Its name for people; a folder's ends in a slash."""
        return shown(self.name) + ("/" if self.is_folder and not is_packed(self.name) else "")

    def child(self, name: str) -> Node | None:
        """The child of that name."""
        return next((node for node in self.children if node.name == name), None)


class Disk(Node):
    """A path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = unicodedata.normalize("NFC", path.name or path.resolve().name)

    @cached_property
    def is_folder(self) -> bool:
        """Whether it is a folder and no link to one."""
        try:
            return self.path.is_dir() and not self.path.is_symlink()
        except OSError:  # nested too deep
            return False

    @property
    def is_plain(self) -> bool:
        """Whether it is a folder or a file, and no link, fifo or device."""
        try:
            return self.is_folder or (self.path.is_file() and not self.path.is_symlink())
        except OSError:
            return False

    @cached_property
    def children(self) -> Sequence[Node]:
        """What the folder holds."""
        if not self.is_folder:
            return ()
        try:
            paths = list(self.path.iterdir())
        except OSError:
            return ()
        return sorted(map(Disk, paths), key=lambda node: node.name)

    def entry(self, name: str) -> Entry:
        """The file that it is, under a name."""
        if self.path.is_symlink():
            raise Unsafe("unsafe_archive", entry=shown(self.name))
        return plain(self.path, name)

    def listing(self) -> Listing:
        """The files of a folder or of one file."""
        return listing(self.path)


class _Archive:
    """A zip that is opened when the first file is read, and then stays open."""

    def __init__(self, path: Path) -> None:
        self.path, self.seen = path, Seen.of(path.stat())

    @cached_property
    def file(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.path)


class Packed(Node):
    """A folder or a file in a zip."""

    def __init__(self, name: str, archive: _Archive, info: zipfile.ZipInfo | None) -> None:
        self.name = name
        self._archive, self._info = archive, info
        self.folders: dict[str, Packed] = {}
        self.files: list[Packed] = []

    @classmethod
    def root(cls, path: Path) -> Packed | None:
        """The whole of a zip; None when it is none, or its list is too long for one."""
        try:
            archive = _Archive(path)
            with open_plain(str(path)) as file:
                infos = directory(file).infolist()
        except (OSError, Unsafe):
            return None
        made = 0
        root = cls(unicodedata.normalize("NFC", path.name), archive, None)
        for info in infos:
            *folders, last = _parts(name_of(info))
            place = root
            for folder in folders:
                if folder not in {"", "."}:
                    made += folder not in place.folders
                    place = place.folders.setdefault(folder, cls(folder, archive, None))
            if made > MAX_ENTRIES:
                return None
            if last:
                place.files.append(cls(last, archive, info))
        return root

    @property
    def path(self) -> Path:
        """The zip that it is in."""
        return self._archive.path

    @property
    def is_folder(self) -> bool:
        """Whether it is no file."""
        return self._info is None

    @cached_property
    def children(self) -> Sequence[Node]:
        """What the folder holds."""
        return sorted([*self.folders.values(), *self.files], key=lambda node: node.name)

    def entry(self, name: str) -> Entry:
        """The file that it is, under a name."""
        assert self._info is not None  # asked only of files
        seen = self._archive.seen._replace(at=self._info.header_offset)
        return replace(member(self._archive.file, self._info, name), seen=seen)

    def listing(self) -> Listing:
        """The files of a folder or of one file."""
        return _listing([(self.name, self)] if not self.is_folder else _named(self.children))


class Together(Node):
    """Loose files and folders that one person handed in at once, as if in a folder."""

    def __init__(self, name: str, parts: Iterable[tuple[str, Node]]) -> None:
        self.name = name
        self.parts = tuple(parts)

    @property
    def is_folder(self) -> bool:
        """It is one by definition."""
        return True

    @property
    def children(self) -> Sequence[Node]:
        """Its parts."""
        return [node for _, node in self.parts]

    def entry(self, name: str) -> Entry:
        """It is no file."""
        raise Unsafe("unsafe_archive", entry=shown(name))

    def listing(self) -> Listing:
        """The files of all parts."""
        if len(self.parts) == 1 and self.parts[0][1].is_folder:
            return self.parts[0][1].listing()
        return _listing(self.parts)


def holds_files(node: Node) -> bool:
    """Whether it is a folder or an archive, also one that we cannot open."""
    return node.is_folder or is_packed(node.name)


def is_packed(name: str) -> bool:
    """Whether a file of this name is an archive, also one that we cannot open."""
    return is_archive(name) or name.lower().endswith(_PACKED)


def stem(file: str) -> str:
    """A file name without its last suffix, of which ".tar.gz" is one; of "a.zip.zip" all."""
    if not is_packed(file):
        return file.removesuffix(Path(file).suffix) or file
    rest = file
    while 0 < (cut := _packed_by(rest)) < len(rest):
        rest = rest[:-cut]
    return rest


def _parts(name: str) -> list[str]:
    """The folders on the way to a file in a zip, and what it is called there.

    From the first part on that may not be followed, all is one name that no source takes: in its
    owner's folder it is that person's and ignored, above it is left over.
    """
    parts = unicodedata.normalize("NFC", name).replace("\0", "�").replace("\\", "/").split("/")
    odd = [at for at, part in enumerate(parts) if part == ".." or len(part) > MAX_NAME]
    if len(parts) > _DEEPEST:
        odd.append(_DEEPEST - 1)
    if odd:
        parts[min(odd) :] = [_UNTAKEN + shown("_".join(parts[min(odd) :]))]
    return parts


def _packed_by(file: str) -> int:
    """How long the ending of an archive's name is; 0 where it has none."""
    end = file[-len(_SUFFIXES[0]) :].lower()
    return next((len(suffix) for suffix in _SUFFIXES if end.endswith(suffix)), 0)


def _named(nodes: Iterable[Node]) -> list[tuple[str, Node]]:
    return [(node.name, node) for node in nodes]


def _listing(parts: Sequence[tuple[str, Node]]) -> Listing:
    """The files of several nodes under their names. Raises `Unsafe`."""
    files: list[Entry] = []
    passed_over: list[str] = []
    pending = list(parts)
    while pending:
        name, node = pending.pop()
        if len(files) + len(pending) > MAX_ENTRIES:
            raise Unsafe("too_many", limit=str(MAX_ENTRIES))
        if not node.is_folder:
            files.append(node.entry(name))
        elif is_skipped(node.name):
            passed_over.append(f"{name}/")
        else:
            pending += [(f"{name}/{child.name}", child) for child in node.children]
    return Listing(sorted(files, key=lambda entry: entry.name), sorted(passed_over))

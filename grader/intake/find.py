"""Where hand-ins come from, and whose they are: the sources are tried in turn.

    find(Path("canvas.zip"), wanted, Request(out=Path("out")))

Where a folder can be read in more than one way, `find` refuses and says which command settles it;
where one reading is sensible, it is taken, also a level further down.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from grader.course.roster import Known
from grader.errors import UsageError
from grader.intake.handin import Seen, Wanted
from grader.intake.nodes import Disk, Node, Packed, Together, is_packed, stem
from grader.intake.request import Request
from grader.intake.shapes import (
    can_be_opened,
    holds_several,
    is_class,
    is_junk,
    is_nobodys,
    is_one,
    is_package,
    is_wrapper,
    of_what,
    students_in,
)
from grader.intake.sources import canvas, clones, folders, gradescope, moodle

LAYOUTS = ("student", "section/student", "submission")

_NBGRADERS = {"source", "release", "autograded", "feedback", "nbgrader_config.py", "gradebook.db"}
_CLASS_NAMES = {"submissions", "submission", "submitted", "students", "제출", "제출물"}
_DEEP = 8  # folders that hold nothing but the next one
_MAX_NAMED = 6  # in a refusal

_Reader = Callable[[Node, Wanted, Known], Seen]
# What tells a download from anything else, in the order in which they are tried.
_DOWNLOADS: dict[str, Callable[[Node, Wanted], bool]] = {
    "gradescope": gradescope.recognises,
    "moodle": moodle.recognises,
    "canvas": canvas.recognises,
}
_READ: dict[str, _Reader] = {
    "gradescope": gradescope.read,
    "moodle": moodle.read,
    "canvas": canvas.read,
    "nbgrader": partial(folders.read, source="nbgrader"),
    "git": partial(folders.read, source="git"),
    "folders": folders.read,
}


def find(path: Path, wanted: Wanted, request: Request) -> Seen:
    """Everything below `path`, and whose it is. Raises `UsageError` where that is ambiguous."""
    node: Node = Disk(path.resolve() if path.is_dir() else path)
    opened = _opened(node)
    looking = _Looking(path, wanted, request)
    if request.layout == "submission":
        return folders.read_one(node, wanted)
    if request.layout:
        top = _top(opened, wanted) if opened else node
        has_sections = request.layout == "section/student"
        return looking.sections(top) if has_sections else folders.read(top, wanted, request.known)
    if request.source:
        return looking.as_told(opened or node, request.source)
    if opened is not None and (_class_in(opened, wanted) or _is_named_class(opened, wanted)):
        return looking.look(opened)
    return looking.look(node) if node.is_folder else looking.file(node)


@dataclass(frozen=True)
class _Looking:
    """One search: what is looked for, and what to say when it is not clear."""

    path: Path
    wanted: Wanted
    request: Request

    def look(self, node: Node) -> Seen:
        """Choose the source of a folder, or the folder in it that holds the class."""
        if source := _download(node, self.wanted):
            return _READ[source](node, self.wanted, self.request.known)
        if submitted := _nbgraders_submitted(node):
            return self._down(node, submitted, submitted)
        crowded = self._crowded(node)
        students = [c for c in students_in(node, self.wanted) if c not in crowded]
        copies = [child for child in crowded if self._is_copy(child, crowded, students)]
        crowded = {child: inner for child, inner in crowded.items() if child not in copies}
        if self._is_single(node, students, crowded):
            return self._single(node)
        if crowded and (chosen := self._chosen(node, crowded, students)):
            return self._down(node, chosen, crowded[chosen])
        if not crowded and (only := self._class_of_one(node)):
            return self._down(node, only, only)
        if not crowded and (archive := _lone_archive(node)):
            self._refuse_class(archive)
        return self._by_person(node, {child.shown for child in copies})

    def as_told(self, node: Node, source: str) -> Seen:
        """Read as `source`, here or in the one place below that is of it."""
        recognises = _DOWNLOADS.get(source)
        if recognises is None or recognises(node, self.wanted):
            return _READ[source](node, self.wanted, self.request.known)
        below: dict[Node, Node] = {child: _opened(child) or child for child in node.children}
        fitting = [child for child, inner in below.items() if recognises(inner, self.wanted)]
        if len(fitting) != 1:
            found = _names(node.children)
            raise UsageError("error.not_source", folder=self.path, source=source, found=found)
        return self._down(node, fitting[0], below[fitting[0]])

    def sections(self, node: Node) -> Seen:
        """Read a folder or a zip for each section, in which students or a download lie.

        A hand-in beside the sections is somebody's too.
        """
        seen, beside = [], []
        for child in node.children:
            inner = _opened(child) or child
            section = None
            if _may_be_section(inner, self.wanted) and not is_one(inner, self.wanted):
                section = self._section(inner)
            if section is None or all(handin.is_loose for handin in section.handins):
                beside.append(child)
            else:
                seen.append(section.below(child.shown.removesuffix("/") + "/"))
        if not seen:
            found = _names(node.children)
            raise UsageError("error.no_sections", folder=self.path, found=found)
        source = seen[0].source if len({section.source for section in seen}) == 1 else "folders"
        rest = Together(node.name, [(child.name, child) for child in beside])
        seen.append(folders.read(rest, self.wanted, self.request.known))
        return Seen(
            source=source,
            where=node.shown,
            handins=[handin for section in seen for handin in section.handins],
            leftover=[name for section in seen for name in section.leftover],
            unclear=[handin for section in seen for handin in section.unclear],
        )

    def _section(self, node: Node) -> Seen:
        """The hand-ins of one section, also where its only folder or zip holds them all."""
        inside = [child for child in node.children if not is_junk(child.name)]
        opened = [_opened(child) or child for child in inside[:1] if len(inside) == 1]
        for place in (node, *opened):
            if source := _download(place, self.wanted):
                return _READ[source](place, self.wanted, self.request.known)
        names = {*_CLASS_NAMES, stem(node.name).casefold()}
        if opened and stem(opened[0].name).casefold() in names:
            node = opened[0]
        return _READ[_by_folder(node, self.wanted)](node, self.wanted, self.request.known)

    def file(self, node: Node) -> Seen:
        """A file that is no class we can look into: one person's. Raises `UsageError`."""
        self._refuse_class(node, is_all=True)
        return folders.read_one(node, self.wanted)

    def _crowded(self, node: Node) -> dict[Node, Node]:
        """The children that hold several people's hand-ins; an archive is opened."""
        found = {}
        for child in node.children:
            inner = _opened(child) or child
            if not child.name.startswith(".") and _class_in(inner, self.wanted):
                found[child] = inner
        return found

    def _is_copy(self, child: Node, crowded: dict[Node, Node], students: Sequence[Node]) -> bool:
        """Whether the same people lie beside it: the download, and what was unpacked from it.

        `late/` or `late.zip`, with some of them, is none.
        """
        if child.is_folder:
            return False
        names = self._names_in(crowded[child])
        unpacked = [
            self._names_in(inner)
            for other, inner in crowded.items()
            if other.is_folder and other.name == stem(child.name)
        ]
        beside = [{stem(student.name) for student in students}, *unpacked]
        return any(names <= others and 2 * len(names) > len(others) for others in beside)

    def _names_in(self, inner: Node) -> set[str]:
        held = _class_in(inner, self.wanted) or inner
        return {stem(student.name) for student in students_in(held, self.wanted)}

    def _is_single(self, node: Node, students: Sequence[Node], crowded: dict[Node, Node]) -> bool:
        """Whether a folder is one hand-in, and what else lies in it is part of that."""
        if not is_one(node, self.wanted) or crowded:
            return False
        has_folder = node.child(self.wanted.assignment)
        others = [c for c in students if not has_folder or c.name not in self.wanted.others]
        if is_package(node, self.wanted):
            others = [c for c in others if is_one(c, self.wanted) or not c.is_folder]
        if len(others) == 1 and not has_folder:
            raise UsageError(
                "error.one_or_many",
                folder=self.path,
                found=_names(node.children),
                command=self._command(self.path, "student"),
                other=self._command(self.path, "submission"),
            )
        return len(others) < 2

    def _single(self, node: Node) -> Seen:
        if isinstance(node, Disk) and node.name in {self.wanted.package, self.wanted.assignment}:
            command = self._command(node.path.parent)
            raise UsageError("error.too_low", folder=self.path, command=command)
        return folders.read_one(node, self.wanted)

    def _chosen(
        self, node: Node, crowded: dict[Node, Node], students: Sequence[Node]
    ) -> Node | None:
        """The child that is the class; None when all are students. Raises `UsageError`."""
        by_name = {of_what(child): child for child in crowded}
        loose = [child for child in node.children if self.request.knows_file(child, self.wanted)]
        if len(crowded) == 1 and not students:
            ((only, held),) = crowded.items()
            is_class = _is_class_name(stem(only.name)) or is_nobodys(only, self.wanted)
            is_person = self.request.knows(only, self.wanted)
            if not loose or is_class or (not is_person and _size(held, self.wanted) > len(loose)):
                return only
            if is_person and not self._others_in(only, held):
                return None
        students = [*students, *loose]
        if self.wanted.assignment in by_name and set(by_name) - {self.wanted.assignment} <= set(
            self.wanted.others
        ):
            return by_name[self.wanted.assignment]
        wrapped = [child for child in students if is_wrapper(child, self.wanted)]
        inside = sum(_size(inner, self.wanted) for inner in crowded.values()) + len(wrapped)
        beside = {stem(student.name) for student in students}
        is_again = any(self._names_in(inner) <= beside for inner in crowded.values())
        if len(students) == len(loose):  # the class, and some of it beside?
            is_again |= any(map(self._known_in, crowded.values()))
        if inside <= len(students) - len(wrapped) and not is_again:
            return None  # a student or two with several versions, among others
        path = node.path if isinstance(node, Disk | Packed) else self.path
        fields = {
            "folder": path,
            "found": _contents([*crowded, *wrapped], self.wanted),
            "command": self._command(path, "section/student"),
            "other": self._command(path, "student"),
        }
        if isinstance(node, Packed):  # what is in it has no path to be graded by
            raise UsageError("error.sections_in_zip", **fields)
        first = path / next(iter(crowded)).name
        raise UsageError("error.sections", **fields, one=self._command(first))

    def _others_in(self, owner: Node, inner: Node) -> bool:
        """Whether what is called like somebody holds what is called like several others."""
        names = [of_what(one).casefold() for one in (owner, *self._known_in(inner))]
        return sum(name not in names[0] for name in names) > 1

    def _known_in(self, inner: Node) -> list[Node]:
        held = _class_in(inner, self.wanted) or inner
        return [c for c in students_in(held, self.wanted) if self.request.knows(c, self.wanted)]

    def _class_of_one(self, node: Node) -> Node | None:
        """The only folder, which is called like a class, whatever is in it."""
        inner = [child for child in node.children if not is_junk(child.name) and child.is_folder]
        if len(inner) != 1 or not _is_class_name(inner[0].name):
            return None
        held = [child for child in inner[0].children if child.is_folder or is_packed(child.name)]
        return inner[0] if held and not is_one(inner[0], self.wanted) else None

    def _refuse_class(self, file: Node, *, is_all: bool = False) -> None:
        """A class that we cannot look into is no student. Raises `UsageError`."""
        path = file.path if isinstance(file, Disk | Packed) else self.path
        if holds_several(file, self.wanted):
            raise UsageError("error.unpack_first", file=path)
        if (is_all or _is_class_name(stem(file.name))) and not can_be_opened(file):
            command = self._command(path, "submission")
            raise UsageError("error.not_opened", file=file.shown, command=command)

    def _down(self, node: Node, chosen: Node, inner: Node) -> Seen:
        """Go on a level further down; what lies beside is left over."""
        seen = self.look(inner)
        beside = [child.shown for child in node.children if child is not chosen]
        return replace(seen, leftover=[*seen.leftover, *beside])

    def _by_person(self, node: Node, copies: set[str]) -> Seen:
        source = _by_folder(node, self.wanted)
        if source == "folders" and not folders.recognises(node, self.wanted):
            found = _names(node.children)
            raise UsageError("error.no_handin", folder=self.path, found=found)
        seen = _READ[source](node, self.wanted, self.request.known)
        handins = [handin for handin in seen.handins if handin.label not in copies]
        return replace(seen, handins=handins, leftover=[*seen.leftover, *sorted(copies)])

    def _command(self, path: Path, layout: str = "") -> str:
        words = ["grader", "grade", self.wanted.assignment, str(path), "-o", str(self.request.out)]
        if self.request.roster_file:  # without it a command that works gives other people
            words += ["--roster", str(self.request.roster_file)]
        return shlex.join([*words, "--layout", layout] if layout else words)


def _download(node: Node, wanted: Wanted) -> str:
    """The source whose download a folder is; "" for none."""
    return next((name for name, recognises in _DOWNLOADS.items() if recognises(node, wanted)), "")


def _by_folder(node: Node, wanted: Wanted) -> str:
    """The source of a folder for each student."""
    if clones.recognises(node, wanted):
        return "git"
    return "nbgrader" if folders.recognises_nbgrader(node, wanted) else "folders"


def _nbgraders_submitted(node: Node) -> Node | None:
    """Where students' files are in the root of an nbgrader course; None when it is none."""
    submitted = node.child("submitted")
    is_course = any(child.name in _NBGRADERS for child in node.children)
    return submitted if submitted and submitted.is_folder and is_course else None


def _is_named_class(opened: Packed, wanted: Wanted) -> bool:
    """Whether a zip is called like a class and holds somebody's folder or archive."""
    held = [child for child in opened.children if child.is_folder or is_packed(child.name)]
    is_named = _is_class_name(stem(opened.name))
    return is_named and not is_one(opened, wanted) and not all(is_nobodys(c, wanted) for c in held)


def _is_class_name(name: str) -> bool:
    """Whether a folder is called like a class; GitHub Classroom's is `hw1-submissions`."""
    folded = name.casefold()
    return folded in _CLASS_NAMES or folded.endswith("-submissions")


def _class_in(folder: Node, wanted: Wanted) -> Node | None:
    """The download or the class that a folder is, or the only one that it holds."""
    node: Node | None = folder
    for _ in range(_DEEP):
        if node is None:
            return None
        node = _opened(node) or node
        if _download(node, wanted) or is_class(node, wanted):
            return node
        inner = [child for child in node.children if not is_nobodys(child, wanted)]
        named = node.child(wanted.package) or node.child(wanted.assignment)
        node = named or (inner[0] if len(inner) == 1 else None)
    return None


def _size(node: Node, wanted: Wanted) -> int:
    """How many hand-ins are in the class that a folder holds."""
    held = _class_in(node, wanted) or node
    return len(held.children if _download(held, wanted) else students_in(held, wanted))


def _may_be_section(node: Node, wanted: Wanted) -> bool:
    """Whether a folder has no tool's name, or holds a download all the same: `.b/`."""
    return node.is_folder and (not is_junk(node.name) or bool(_download(node, wanted)))


def _top(node: Node, wanted: Wanted) -> Node:
    """In a zip, the folder in which everything lies."""
    for _ in range(_DEEP):
        inner = [c for c in node.children if not is_junk(c.name) or _may_be_section(c, wanted)]
        if len(inner) != 1 or not inner[0].is_folder:
            break
        node = inner[0]
    return node


def _lone_archive(node: Node) -> Node | None:
    """The archive that is all there is, also in folders that hold nothing but the next."""
    for _ in range(_DEEP):
        inner = [child for child in node.children if not is_junk(child.name)]
        if len(inner) != 1:
            break
        node = inner[0]
    return node if is_packed(node.name) and not node.is_folder else None


def _opened(node: Node) -> Packed | None:
    """The inside of a zip on the disk."""
    if isinstance(node, Disk) and not node.is_folder and is_packed(node.name):
        return Packed.root(node.path)
    return None


def _names(nodes: Sequence[Node]) -> str:
    names = [node.shown for node in nodes[:_MAX_NAMED]]
    return ", ".join(names + ["…"] * (len(nodes) > _MAX_NAMED)) or "-"


def _contents(nodes: Sequence[Node], wanted: Wanted) -> str:
    """Each folder with how many hand-ins are in it."""
    shown = [f"{node.shown} ({_size(node, wanted)})" for node in nodes[:_MAX_NAMED]]
    return ", ".join(shown + ["…"] * (len(nodes) > _MAX_NAMED))

"""Where hand-ins come from, and whose they are: the sources are tried in turn.

    find(Path("canvas.zip"), wanted, Request(out=Path("out")))

Where a folder can be read in more than one way, `find` refuses and says which command settles it;
where one reading is sensible, it is taken, also a level further down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.intake import sections
from grader.intake.entries import is_notebook
from grader.intake.handin import Seen, Wanted
from grader.intake.nodes import Disk, Node, is_packed, stem
from grader.intake.persons import Persons, names, packed
from grader.intake.readers import DOWNLOADS, READ, by_folder, download
from grader.intake.refusals import Refusals
from grader.intake.request import Request
from grader.intake.shapes import (
    MAX_WRAPPED,
    alone,
    can_be_opened,
    holds_code,
    holds_several,
    is_class_name,
    is_junk,
    is_one,
    is_package,
    is_teachers,
    is_wrapper,
    of_what,
    opened,
)
from grader.intake.sources import folders

LAYOUTS = ("student", "section/student", "submission")

_NBGRADERS = {"source", "release", "autograded", "feedback", "nbgrader_config.py", "gradebook.db"}


def find(path: Path, wanted: Wanted, request: Request) -> Seen:
    """Everything below `path`, and whose it is. Raises `UsageError` where that is ambiguous."""
    file: Node = Disk(path.resolve() if path.is_dir() else path)
    node = opened(file) or file
    persons = Persons(wanted, request)
    looking = _Looking(wanted, request, persons, Refusals(path, persons))
    if request.layout == "submission":
        return folders.read_one(file, wanted)
    if request.layout:
        top = node if node is file else _top(node, persons)
        if request.layout == "section/student":
            return sections.read(top, persons, looking.refusals)
        return folders.read(top, wanted, request.known)
    if request.source:
        return looking.as_told(node, request.source)
    if looking.is_somebodys(file, node):
        return folders.read_one(file, wanted)
    if file.is_folder or persons.class_in(node) or persons.is_called_class(node):
        return looking.look(node)
    return looking.file(file)


@dataclass(frozen=True)
class _Looking:
    """One search: what is looked for, and what to say when it is not clear."""

    wanted: Wanted
    request: Request
    persons: Persons
    refusals: Refusals

    def look(self, node: Node) -> Seen:
        """Choose the source of a folder, or the folder in it that holds the class."""
        if source := download(node, self.wanted):
            return self._read(node, source)
        if submitted := _nbgraders_submitted(node):
            return self._down(node, submitted, submitted)
        crowds = self.persons.crowds(node)
        beside = [child for child in self.persons.among(node) if child not in crowds]
        copies = [child for child in crowds if self._is_copy(child, crowds, beside)]
        crowds = {child: inner for child, inner in crowds.items() if child not in copies}
        if crowds and (chosen := self._chosen(node, crowds, beside)):
            return self._down(node, chosen, crowds[chosen])
        if not crowds and self._is_single(node, beside):
            return self._single(node)
        if not crowds and (only := self._class_of_one(node)):
            self._refuse_to_replace(node, only, only, [c for c in beside if c is not only])
            return self._down(node, only, only)
        if not crowds and (archive := _lone_archive(node)):
            self._refuse_class(archive)
        return self._by_person(node, {child.shown for child in copies})

    def as_told(self, node: Node, source: str) -> Seen:
        """Read as `source`, here or in the one place below that is of it."""
        recognises = DOWNLOADS.get(source)
        if recognises is None or recognises(node, self.wanted):
            return self._read(node, source)
        below = {child: opened(child) or child for child in node.children}
        fitting = [child for child, inner in below.items() if recognises(inner, self.wanted)]
        if len(fitting) != 1:
            raise self.refusals.nothing("error.not_source", node, source=source)
        return self._down(node, fitting[0], below[fitting[0]])

    def is_somebodys(self, file: Node, node: Node) -> bool:
        """Whether the roster knows whose one hand-in a folder or a zip is, whatever lies in it.

        A class may lie in a folder that is called like a team or one student.
        """
        persons = self.persons
        if file.is_folder and (not persons.is_of_one(file) or persons.others_in(file, node)):
            return False
        return node.is_folder and holds_code(node) and persons.is_owned(file, node)

    def file(self, node: Node) -> Seen:
        """A file that is no class we can look into: one person's. Raises `UsageError`."""
        self._refuse_class(node, is_all=True)
        return folders.read_one(node, self.wanted)

    def _read(self, node: Node, source: str) -> Seen:
        return READ[source](node, self.wanted, self.request.known)

    def _is_copy(self, child: Node, crowds: dict[Node, Node], beside: Sequence[Node]) -> bool:
        """Whether the same people lie beside it: the download, and what was unpacked from it.

        `late/` or `late.zip`, with some of them, is none; nor is somebody's, with problems in it.
        """
        if child.is_folder or self.persons.is_sure(child):
            return False
        inside = self.persons.names_in(crowds[child])
        unpacked = [
            self.persons.names_in(inner)
            for other, inner in crowds.items()
            if other.is_folder and other.name == stem(child.name)
        ]
        return any(
            inside <= others and 2 * len(inside) > len(others)
            for others in [names(beside), *unpacked]
        )

    def _is_single(self, node: Node, beside: Sequence[Node]) -> bool:
        """Whether a folder is one hand-in, and what else lies in it is part of that.

        Raises `UsageError` where it may be a class with a template beside it.
        """
        if not is_one(node, self.wanted):
            return False
        if is_package(node, self.wanted):
            beside = [c for c in beside if not c.is_folder or is_one(c, self.wanted)]
        if len(beside) > 1:
            return False
        books = [child for child in alone(node, self.wanted) if is_notebook(child.name)]
        if beside or len(books) > 1:  # what else there is may be this one's helpers
            raise self.refusals.one_or_many(node)
        return True

    def _single(self, node: Node) -> Seen:
        is_ours = node.name == self.wanted.package or self.wanted.is_own(node.name)
        if is_ours and isinstance(node, Disk):
            raise self.refusals.too_low(node)
        return folders.read_one(node, self.wanted)

    def _chosen(self, node: Node, crowds: dict[Node, Node], beside: Sequence[Node]) -> Node | None:
        """The child that is the class; None when all are students. Raises `UsageError`."""
        (only, inner), *more = crowds.items()
        ours = [child for child in crowds if not self.wanted.is_others(of_what(child))]
        if not more and not beside:
            if self.persons.is_owned(only, inner):
                return None
            if self._may_be_older(node, only, inner):
                raise self.refusals.one_or_many(node, only)
            self._refuse_to_replace(node, only, inner)
            return only
        if not beside and len(ours) == 1 and self.wanted.is_own(of_what(ours[0])):
            self._refuse_to_replace(node, ours[0], crowds[ours[0]])
            return ours[0]
        wrapped = [child for child in beside if self._is_wrapper(child)]
        if self._are_versions(crowds, [child for child in beside if child not in wrapped], wrapped):
            return None
        raise self.refusals.sections(node, [*crowds, *wrapped])

    def _refuse_to_replace(
        self, node: Node, only: Node, inner: Node, beside: Sequence[Node] = ()
    ) -> None:
        """Of a class of loose files, or of who lies beside, no one zip takes the place.

        Files that a roster does not know are left over where it knows the class, and so are those
        called like a teacher's beside what is called like the class. Raises `UsageError`.
        """
        loose = alone(node, self.wanted)
        if beside or (loose and not self._may_replace(loose, only, inner)):
            raise self.refusals.sections(node, [only])

    def _may_replace(self, loose: Sequence[Node], only: Node, inner: Node) -> bool:
        """Whether files beside the only crowd are a teacher's and not the class.

        By numbers and letters alone, which may be problems of one hand-in, no roster knows that it
        is the class where there are several files.
        """
        if any(self.request.may_be_somebodys(file, self.wanted) for file in loose):
            return False
        if self._is_called_ours(only) and all(is_teachers(file, self.wanted) for file in loose):
            return True
        if self.request.roster is None:
            return False
        held = self.persons.class_in(inner) or inner
        inside = self.persons.inside(held)
        is_sure = download(held, self.wanted) or any(map(self.persons.is_sure, inside))
        return bool(is_sure) or (len(loose) == 1 and self.persons.are_all_known(inside))

    def _may_be_older(self, node: Node, child: Node, inner: Node) -> bool:
        """Whether the only crowd in a folder may be older versions of a hand-in beside it.

        Without a roster, what lies in a folder of its own is a template beside the class.
        """
        is_beside = is_package(node, self.wanted)
        if not (is_beside or (self.request.roster and is_one(node, self.wanted))):
            return False
        held = self.persons.class_in(inner) or inner
        is_class = self._is_called_ours(child) or download(held, self.wanted)
        return not (is_class or self.persons.others_in(child, inner))

    def _is_called_ours(self, child: Node) -> bool:
        """Whether it is called like the class or the assignment."""
        what = of_what(child)
        is_ours = self.wanted.is_own(what) or what == self.wanted.package
        return is_ours or is_class_name(stem(child.name))

    def _is_wrapper(self, child: Node) -> bool:
        """Whether it may be a section of one."""
        return is_wrapper(child, self.wanted) and not self.persons.knows(child)

    def _are_versions(
        self, crowds: dict[Node, Node], beside: Sequence[Node], wrapped: Sequence[Node]
    ) -> bool:
        """Whether each holds what one student handed in several times, among others' hand-ins."""
        unsure, are_by_id = len(wrapped), self.persons.are_by_id(beside)
        for child, inner in crowds.items():
            is_again = self.persons.names_in(inner) <= names([*beside, *wrapped])
            if self._is_called_ours(child) or is_again or self.persons.is_mixed(child, inner):
                return False
            if self.persons.is_owned(child, inner):
                continue
            if self.persons.others_in(child, inner) and not self.persons.is_sure(child):
                return False
            if are_by_id and self.persons.wraps_ids(child, inner):
                return False
            unsure += len(self.persons.inside(inner))
        return unsure <= len(packed(beside))

    def _class_of_one(self, node: Node) -> Node | None:
        """The only folder, if by names it is a class, whatever is in it."""
        inner = [child for child in node.children if not is_junk(child.name) and child.is_folder]
        return inner[0] if len(inner) == 1 and self.persons.is_called_class(inner[0]) else None

    def _refuse_class(self, file: Node, *, is_all: bool = False) -> None:
        """A class that we cannot look into is no student. Raises `UsageError`."""
        if holds_several(file, self.wanted):
            raise self.refusals.unpack_first(file)
        if (is_all or is_class_name(stem(file.name))) and not can_be_opened(file):
            raise self.refusals.not_opened(file)

    def _down(self, node: Node, chosen: Node, inner: Node) -> Seen:
        """Go on a level further down; what lies beside is left over."""
        seen = self.look(inner)
        beside = [child.shown for child in node.children if child is not chosen]
        return replace(seen, leftover=[*seen.leftover, *beside])

    def _by_person(self, node: Node, copies: set[str]) -> Seen:
        source = by_folder(node, self.wanted)
        is_anybody = folders.recognises(node, self.wanted) or self.persons.among(node)
        if source == "folders" and not is_anybody:
            raise self.refusals.nothing("error.no_handin", node)
        seen = self._read(node, source)
        handins = [handin for handin in seen.handins if handin.label not in copies]
        return replace(seen, handins=handins, leftover=[*seen.leftover, *sorted(copies)])


def _nbgraders_submitted(node: Node) -> Node | None:
    """Where students' files are in the root of an nbgrader course; None when it is none."""
    submitted = node.child("submitted")
    is_course = any(child.name in _NBGRADERS for child in node.children)
    return submitted if submitted and submitted.is_folder and is_course else None


def _top(node: Node, persons: Persons) -> Node:
    """In a zip, the folder in which everything lies."""
    for _ in range(MAX_WRAPPED):
        inner = [
            child
            for child in node.children
            if not is_junk(child.name) or sections.may_be_one(child, persons)
        ]
        if len(inner) != 1 or not inner[0].is_folder:
            break
        node = inner[0]
    return node


def _lone_archive(node: Node) -> Node | None:
    """The archive that is all there is, also in folders that hold nothing but the next."""
    for _ in range(MAX_WRAPPED):
        inner = [child for child in node.children if not is_junk(child.name)]
        if len(inner) != 1:
            break
        node = inner[0]
    return node if is_packed(node.name) and not node.is_folder else None

"""A class in sections: a folder, a zip or a download for each."""

from __future__ import annotations

from grader.intake.handin import Seen
from grader.intake.nodes import Node, Together, stem
from grader.intake.persons import Persons
from grader.intake.readers import READ, by_folder, download
from grader.intake.refusals import Refusals
from grader.intake.shapes import CLASS_NAMES, is_junk, is_one, opened
from grader.intake.sources import folders


def read(node: Node, persons: Persons, refusals: Refusals) -> Seen:
    """All sections of a folder, as one. Raises `UsageError`.

    A hand-in beside the sections is somebody's too.
    """
    seen, beside = [], []
    for child in node.children:
        section = _section(child, persons, refusals)
        if section is None:
            beside.append(child)
        else:
            seen.append(section.below(child.shown.removesuffix("/") + "/"))
    if not seen:
        raise refusals.nothing("error.no_sections", node)
    source = seen[0].source if len({section.source for section in seen}) == 1 else "folders"
    rest = Together(node.name, [(child.name, child) for child in beside])
    seen.append(folders.read(rest, persons.wanted, persons.request.known))
    return Seen(
        source=source,
        where=node.shown,
        handins=[handin for section in seen for handin in section.handins],
        leftover=[name for section in seen for name in section.leftover],
        unclear=[handin for section in seen for handin in section.unclear],
    )


def may_be_one(node: Node, persons: Persons) -> bool:
    """Whether a folder has no tool's name, or holds a download all the same: `.b/`."""
    return node.is_folder and (not is_junk(node.name) or bool(download(node, persons.wanted)))


def _section(child: Node, persons: Persons, refusals: Refusals) -> Seen | None:
    """The hand-ins of one section; None where it is none. Raises `UsageError`."""
    node = opened(child) or child
    if not may_be_one(node, persons) or is_one(node, persons.wanted):
        return None
    place = _place(node, persons)
    source = download(place, persons.wanted) or by_folder(place, persons.wanted)
    seen = READ[source](place, persons.wanted, persons.request.known)
    is_code = all(handin.is_loose for handin in seen.handins)
    if _is_handin(child, place, persons, is_code=is_code):
        return None
    if not is_code or persons.among(place):
        return seen
    if len(seen.handins) > 1:
        raise refusals.section_or_person(place)
    return None


def _is_handin(child: Node, place: Node, persons: Persons, *, is_code: bool) -> bool:
    """Whether it is somebody's, beside the sections.

    A section called like a team has its members' folders or notebooks; one called like a short id,
    `1/`, has perhaps one student.
    """
    if not persons.is_owned(child, place):
        return False
    if not persons.is_told(child) and persons.others_in(child, place):
        return False
    return is_code or persons.is_of_one(child)


def _place(node: Node, persons: Persons) -> Node:
    """Where the hand-ins of a section lie, also where its only folder or zip holds them all."""
    inside = [child for child in node.children if not is_junk(child.name)]
    if len(inside) != 1 or download(node, persons.wanted):
        return node
    only = opened(inside[0]) or inside[0]
    names = {*CLASS_NAMES, stem(node.name).casefold()}
    is_class = download(only, persons.wanted) or stem(only.name).casefold() in names
    return only if is_class else node

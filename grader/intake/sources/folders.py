"""A folder or an archive for each student, as nbgrader, a git host or a person sorts them.

    kim/text.py   kim/hw1_classification/text.py   kim.zip      a plain one for each student
    kim/hw1/text.py                                             nbgrader's `submitted/`
    hw1-kim/.git                                                clones; GitHub Classroom's names
    2027001_kim.ipynb                                           a file of somebody on the roster

What one student hands in never changes how another's is read. Only where nobody has a folder or an
archive is a file somebody's whom no roster names: beside them, it may be the teacher's. Files of
one person are put together once their owner is known, in `grader.intake.people`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from grader.intake.entries import is_code
from grader.intake.handin import Handin, Seen, Wanted
from grader.intake.names import student_name, without_copy
from grader.intake.nodes import Disk, Node, Together, holds_files, is_packed, stem
from grader.intake.shapes import (
    alone,
    assignments_folder,
    holds_code,
    is_hidden_one,
    is_junk,
    is_nobodys,
    is_somebodys_code,
)
from grader.intake.sources import clones


def recognises_nbgrader(node: Node, wanted: Wanted) -> bool:
    """Whether most students' folders hold one called like the assignment."""
    people = [c for c in node.children if c.is_folder and not is_nobodys(c, wanted)]
    return 2 * len([c for c in people if assignments_folder(c, wanted)]) > len(people)


def recognises(node: Node, wanted: Wanted) -> bool:
    """Whether there is anybody."""
    return bool(_people(node, wanted, ()))


def read(node: Node, wanted: Wanted, known: Collection[str], source: str = "folders") -> Seen:
    """A person for each folder and each archive; and for code whose name the roster knows."""
    people = _people(node, wanted, known)
    keys = {child: _key(child) for child in people}
    keys = {child: _of_copy(key, keys) for child, key in keys.items()}
    if source == "git":
        cloned = [key for child, key in keys.items() if clones.is_clone(child)]
        slug = clones.slug(node, cloned, wanted, known)
        keys = {child: key.removeprefix(slug) for child, key in keys.items()}
    loose = _loose(node, wanted, keys)
    keys |= {child: _key(child) for child in loose}
    beside = [child for child in node.children if child not in keys]
    owners = _owners(keys, beside)
    handins = [
        replace(
            _handin(child, key, owners.get(child, []), wanted),
            is_file=not _may_hold_files(child),
            is_loose=child in loose,
        )
        for child, key in keys.items()
    ]
    owned = {id(extra) for extras in owners.values() for extra in extras}
    leftover = [child.shown for child in beside if id(child) not in owned]
    leftover += [name for child in people for name in _passed_over(child, wanted)]
    return Seen(source, node.shown, handins, leftover)


def read_one(node: Node, wanted: Wanted) -> Seen:
    """The one hand-in that a folder or a file is; its owner is called like it."""
    key = node.name if node.is_folder else stem(node.name)
    if isinstance(node, Disk) and (key == wanted.package or wanted.is_own(key)):
        key = node.path.resolve().parent.name
    handin = _handin(node, student_name(key), [], wanted)
    return Seen("submission", node.shown, [handin], [])


def _people(node: Node, wanted: Wanted, known: Collection[str]) -> list[Node]:
    """The children that are somebody's, whether a roster names them or not."""
    children = [
        child
        for child in node.children
        if not is_nobodys(child, wanted) or is_hidden_one(child, wanted)
    ]
    packed = [child for child in children if _may_hold_files(child)]
    files = [child for child in children if not _may_hold_files(child)]
    owners = {_key(child) for child in children if child in packed or is_code(child.name)}
    documents = [
        child
        for child in files
        if not is_code(child.name) and (name := stem(child.name)) in known
        if student_name(name) not in owners
    ]
    return [*(packed or alone(node, wanted)), *documents]


def _loose(node: Node, wanted: Wanted, keys: Mapping[Node, str]) -> list[Node]:
    """The other files of code, but for what is called like somebody and so belongs to them."""
    owners = set(keys.values())
    return [
        child
        for child in node.children
        if is_somebodys_code(child, wanted) and child not in keys and _key(child) not in owners
    ]


def _may_hold_files(node: Node) -> bool:
    return holds_files(node) or _is_odd(node)


def _is_odd(node: Node) -> bool:
    """A link, a fifo: refused when it is read, and somebody's until then."""
    return isinstance(node, Disk) and not node.is_plain and not is_code(node.name)


def _key(node: Node) -> str:
    has_ending = (is_packed(node.name) and not node.is_folder) or not _may_hold_files(node)
    return student_name(stem(node.name) if has_ending else node.name)


def _of_copy(key: str, keys: Mapping[Node, str]) -> str:
    """`kim (1)` is a copy where there is a `kim`."""
    original = without_copy(key)
    return original if original in keys.values() else key


def _handin(node: Node, key: str, extras: Sequence[Node], wanted: Wanted) -> Handin:
    """A student's hand-in, one step down where nbgrader's folder is."""
    place: Node | None = node
    label = node.shown
    own = assignments_folder(node, wanted)
    if own is not None:
        place, label = own, label + own.shown
    elif _is_anothers(node, wanted):
        place = None
    if place is not None and extras:
        parts = place.children if place.is_folder else [place]
        place = Together(node.name, [(part.name, part) for part in [*parts, *extras]])
        label = ", ".join([label, *(extra.shown for extra in extras)])
    return Handin(key, label, place)


def _is_anothers(node: Node, wanted: Wanted) -> bool:
    """Whether a student's folder holds other assignments only: `hw2/` of this course, or `hw9/`."""
    others = {*_of_others(node, wanted)}
    return bool(others) and not any(
        holds_code(child)
        for child in node.children
        if not is_junk(child.name) and child not in others
    )


def _of_others(node: Node, wanted: Wanted) -> list[Node]:
    return [
        child
        for child in node.children
        if child.is_folder
        and (wanted.is_others(child.name) or wanted.is_numbered_alike(child.name))
    ]


def _passed_over(node: Node, wanted: Wanted) -> list[str]:
    """What of somebody without a hand-in may be a mistyped one: no assignment has its number."""
    if assignments_folder(node, wanted) or not _is_anothers(node, wanted):
        return []
    others = [child for child in _of_others(node, wanted) if not wanted.is_others(child.name)]
    return [node.shown + child.shown for child in others if holds_code(child)]


def _owners(keys: dict[Node, str], beside: Iterable[Node]) -> dict[Node, list[Node]]:
    """A document called like a student (`kim.pdf` beside `kim/`) is that student's."""
    by_key = {key: node for node, key in keys.items()}
    owners: dict[Node, list[Node]] = {}
    for child in beside:
        owner = by_key.get(student_name(stem(child.name)))
        if owner is not None and not is_junk(child.name):
            owners.setdefault(owner, []).append(child)
    return owners

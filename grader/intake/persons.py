"""Who is a person in a folder: asked here by whatever tells a class from one hand-in.

Where that is settled, `grader.intake.sources.folders` takes every folder for somebody's, also one
with nothing right in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations

from grader.intake.handin import Wanted
from grader.intake.nodes import Node, holds_files, stem
from grader.intake.readers import download
from grader.intake.request import Named, Request
from grader.intake.shapes import (
    MAX_WRAPPED,
    alone,
    assignments_folder,
    is_class_name,
    is_hidden_one,
    is_junk,
    is_nobodys,
    is_one,
    is_somebodys_code,
    may_be_week,
    opened,
    students_in,
)

# Groups of people that are compared, the smallest first: who hands in thousands of names with
# several ids in each has them compared for minutes, and nobody else has so many.
_MAX_COMPARED = 500


@dataclass(frozen=True)
class Persons:
    """The people of one search."""

    wanted: Wanted
    request: Request
    # what is asked many times of each
    _named: dict[Node, Named] = field(default_factory=dict, compare=False)
    _handins: dict[Node, set[Node]] = field(default_factory=dict, compare=False)

    def among(self, node: Node) -> list[Node]:
        """The children that are a person each: hand-ins, and what the roster knows whose it is."""
        return self._people(node, self.knows)

    def crowds(self, node: Node) -> dict[Node, Node]:
        """The children that hold others' hand-ins and are no person, a zip opened."""
        inside = {child: opened(child) or child for child in node.children}
        are_by_id = self.are_by_id(node.children)
        return {
            child: inner
            for child, inner in inside.items()
            if not child.name.startswith(".")
            and (
                self.class_in(inner)
                or self._wraps_others(child, inner)
                or (are_by_id and self.wraps_ids(child, inner))
            )
        }

    def class_in(self, folder: Node) -> Node | None:
        """The download or the class that a folder is, or the only one that it holds."""
        node: Node | None = folder
        for _ in range(MAX_WRAPPED):
            if node is None:
                return None
            node = opened(node) or node
            if download(node, self.wanted) or self._is_class(node):
                return node
            inner = [child for child in node.children if not is_nobodys(child, self.wanted)]
            named = node.child(self.wanted.package) or assignments_folder(node, self.wanted)
            node = named or (inner[0] if len(inner) == 1 else None)
        return None

    def inside(self, inner: Node) -> list[Node]:
        """The hand-ins of the class that a folder holds."""
        held = self.class_in(inner) or opened(inner) or inner
        return list(held.children) if download(held, self.wanted) else self._among_own(held)

    def is_called_class(self, node: Node) -> bool:
        """Whether a folder is a class by its own name or by those of the loose files in it."""
        if self.is_owned(node, node):
            return False
        if self._are_several(self._among_own(node), node):
            return True
        if not is_class_name(stem(node.name)) or is_one(node, self.wanted):
            return False
        return len(alone(node, self.wanted)) > 1 or any(
            not is_junk(child.name) or is_hidden_one(child, self.wanted)
            for child in packed(node.children)
        )

    def are_by_id(self, nodes: Iterable[Node]) -> bool:
        """Whether there is a folder or an archive that is called by an id, however short."""
        return any(self._who(node).own for node in packed(nodes))

    def wraps_ids(self, child: Node, inner: Node) -> bool:
        """Whether a folder that is nobody's holds somebody by an id, however short.

        Where those beside it are so called, `late/103` is 103's; elsewhere `guest/1` is a problem.
        """
        if self.knows(child) or is_nobodys(child, self.wanted) or is_one(inner, self.wanted):
            return False
        return self.are_by_id(self.inside(inner))

    def names_in(self, inner: Node) -> set[str]:
        """What the hand-ins of the class that a folder holds are called."""
        return names(self.inside(inner))

    def others_in(self, owner: Node, inner: Node) -> int:
        """How much in a folder is that of somebody on the roster, and not of its owner."""
        return self._others(self.inside(inner), owner)

    def is_mixed(self, owner: Node, inner: Node) -> bool:
        """Whether there are folders or archives of different people in it.

        Of several files of a team's one hand-in each may bear another member's name.
        """
        return self._are_several(packed(self.inside(inner)), owner)

    def is_owned(self, owner: Node, inner: Node) -> bool:
        """Whether the roster knows whose a folder is, and nothing in it speaks against that."""
        if not self.knows(owner) or download(self.class_in(inner) or inner, self.wanted):
            return False
        most = 1 if self.is_sure(owner) else 0
        return not self.is_mixed(owner, inner) and self.others_in(owner, inner) <= most

    def knows(self, node: Node) -> bool:
        """Whether the roster knows whose it is."""
        return bool(self._who(node).anyone)

    def are_all_known(self, people: Iterable[Node]) -> bool:
        """Whether the roster knows whose each is, and they are not all one's."""
        known = [self._who(one).anyone for one in people]
        return all(known) and _are_disjoint(known)

    def is_sure(self, node: Node) -> bool:
        """Whether it can hardly be a section: `1/` may be, also where a team is called so."""
        return bool(self._who(node).told or self._who(node).own)

    def is_told(self, node: Node) -> bool:
        """Whether its name is so long that it can be nothing but somebody's."""
        return bool(self._who(node).told)

    def is_of_one(self, node: Node) -> bool:
        """Whether the roster knows it for certain for one person's, and no team's."""
        return self.is_sure(node) and len(self._who(node).anyone) == 1

    def _people(self, node: Node, is_known: Callable[[Node], bool]) -> list[Node]:
        if node not in self._handins:
            self._handins[node] = set(students_in(node, self.wanted))
        return [
            child
            for child in node.children
            if child in self._handins[node] or (self._may_be_one(child) and is_known(child))
        ]

    def _among_own(self, folder: Node) -> list[Node]:
        """The same in what may be one person's, where a short name may be a problem's."""
        return self._people(folder, lambda child: bool(self._whose(child, folder)))

    def _may_be_one(self, child: Node) -> bool:
        if holds_files(child):
            return not is_nobodys(child, self.wanted)
        return is_somebodys_code(child, self.wanted)

    def _wraps_others(self, child: Node, inner: Node) -> bool:
        """Whether a folder that is hardly anybody's holds somebody's hand-in: `late/`, `1/`."""
        if is_nobodys(child, self.wanted) or is_one(inner, self.wanted) or self.is_sure(child):
            return False
        return self._others(packed(self._among_own(inner)), child) > 0

    def _is_class(self, node: Node) -> bool:
        if is_one(node, self.wanted):
            return False
        people = self._among_own(node)
        return len(packed(people)) > 1 or self._are_several(people, node)

    def _others(self, nodes: Iterable[Node], owner: Node) -> int:
        """How many of what lies in its folder are not the owner's."""
        own = self._who(owner).anyone
        return len([who for one in nodes if (who := self._whose(one, owner)) and not who & own])

    def _are_several(self, people: Iterable[Node], owner: Node) -> bool:
        """Whether two of what lies in its folder are two people's."""
        return _are_disjoint(who for one in people if (who := self._whose(one, owner)))

    def _whose(self, one: Node, owner: Node) -> frozenset[str]:
        """Whom something in the owner's folder names on the roster.

        A short name tells the members of a team apart, and files in a folder that is nobody's. It
        outweighs a folder's that is no better; else it is a problem's, `1/` or `p1.ipynb`. Where
        the folder's is an id and no week, only another id does.
        """
        named, own = self._who(one), self._who(owner)
        if named.told or named.short < own.told:
            return named.told or named.short
        if own.told or not (own.anyone or not holds_files(one)):
            return frozenset()
        return named.own if own.own and not may_be_week(owner) else named.short

    def _who(self, node: Node) -> Named:
        if node not in self._named:
            self._named[node] = self.request.who(node, self.wanted)
        return self._named[node]


def _are_disjoint(groups: Iterable[frozenset[str]]) -> bool:
    """Whether two groups of people have nobody in common."""
    known = {*groups}
    if len(known) > _MAX_COMPARED:
        known = set(sorted(known, key=lambda who: (len(who), sorted(who)))[:_MAX_COMPARED])
    return any(one.isdisjoint(other) for one, other in combinations(known, 2))


def names(nodes: Iterable[Node]) -> set[str]:
    """What hand-ins are called."""
    return {stem(node.name) for node in nodes}


def packed(nodes: Iterable[Node]) -> list[Node]:
    """The folders and the archives."""
    return [node for node in nodes if holds_files(node)]

"""Who is a person in a folder: asked here by whatever tells a class from one hand-in.

Where that is settled, `grader.intake.sources.folders` takes every folder for somebody's, also one
with nothing right in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from grader.intake.handin import Wanted
from grader.intake.nodes import Node, is_packed, stem
from grader.intake.readers import download
from grader.intake.request import Request
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
    opened,
    students_in,
)


@dataclass(frozen=True)
class Persons:
    """The people of one search."""

    wanted: Wanted
    request: Request
    # what is asked many times of each
    _known: dict[Node, frozenset[str]] = field(default_factory=dict, compare=False)
    _among: dict[Node, list[Node]] = field(default_factory=dict, compare=False)

    def among(self, node: Node) -> list[Node]:
        """The children that are a person each: hand-ins, and what the roster knows whose it is."""
        if node not in self._among:
            handins = set(students_in(node, self.wanted))
            self._among[node] = [
                child
                for child in node.children
                if child in handins or (self._may_be_one(child) and self.knows(child))
            ]
        return self._among[node]

    def crowds(self, node: Node) -> dict[Node, Node]:
        """The children that hold others' hand-ins and are no person, a zip opened."""
        inside = {child: opened(child) or child for child in node.children}
        return {
            child: inner
            for child, inner in inside.items()
            if not child.name.startswith(".")
            and (self.class_in(inner) or self._wraps_others(child, inner))
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
        return list(held.children if download(held, self.wanted) else self.among(held))

    def is_called_class(self, node: Node) -> bool:
        """Whether a folder is a class by its own name or by those of the loose files in it."""
        if self.is_owned(node, node):
            return False
        if self._are_several(self.among(node)):
            return True
        if not is_class_name(stem(node.name)) or is_one(node, self.wanted):
            return False
        return len(alone(node, self.wanted)) > 1 or any(
            not is_junk(child.name) or is_hidden_one(child, self.wanted)
            for child in packed(node.children)
        )

    def names_in(self, inner: Node) -> set[str]:
        """What the hand-ins of the class that a folder holds are called."""
        return names(self.inside(inner))

    def others_in(self, owner: Node, inner: Node) -> int:
        """How much in a folder is that of somebody on the roster, and not of its owner."""
        own = self._who(owner)
        return len([who for one in self.inside(inner) if (who := self._who(one)) and not who & own])

    def is_mixed(self, inner: Node) -> bool:
        """Whether there are folders or archives of different people in it.

        Of several files of a team's one hand-in each may bear another member's name.
        """
        return self._are_several(packed(self.inside(inner)))

    def is_owned(self, owner: Node, inner: Node) -> bool:
        """Whether the roster knows whose a folder is, and nothing in it speaks against that."""
        if not self.knows(owner) or download(self.class_in(inner) or inner, self.wanted):
            return False
        return not self.is_mixed(inner) and self.others_in(owner, inner) < 2

    def knows(self, node: Node) -> bool:
        """Whether the roster knows whose it is."""
        return bool(self._who(node))

    def is_of_one(self, node: Node) -> bool:
        """Whether the roster knows it for one person's, and no team's."""
        return len(self._who(node)) == 1

    def _may_be_one(self, child: Node) -> bool:
        if child.is_folder or is_packed(child.name):
            return not is_nobodys(child, self.wanted)
        return is_somebodys_code(child, self.wanted)

    def _wraps_others(self, child: Node, inner: Node) -> bool:
        """Whether a folder that is nobody's on the roster holds somebody's hand-in: `late/`."""
        if is_nobodys(child, self.wanted) or is_one(inner, self.wanted) or self.knows(child):
            return False
        return any(map(self.knows, packed(self.among(inner))))

    def _is_class(self, node: Node) -> bool:
        if is_one(node, self.wanted):
            return False
        people = self.among(node)
        return len(packed(people)) > 1 or self._are_several(people)

    def _are_several(self, people: Iterable[Node]) -> bool:
        """Whether the roster knows two of them for two people."""
        known = set(filter(None, map(self._who, people)))
        return any(one.isdisjoint(other) for one, other in combinations(known, 2))

    def _who(self, node: Node) -> frozenset[str]:
        if node not in self._known:
            self._known[node] = self.request.who(node, self.wanted)
        return self._known[node]


def names(nodes: Iterable[Node]) -> set[str]:
    """What hand-ins are called."""
    return {stem(node.name) for node in nodes}


def packed(nodes: Iterable[Node]) -> list[Node]:
    """The folders and the archives."""
    return [node for node in nodes if node.is_folder or is_packed(node.name)]

"""Clones, a folder for each: `<slug>-<user>`, as GitHub Classroom calls them.

The slug is one for all: what is in front of one name alone is that user's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from grader.intake.handin import Wanted, plain_number
from grader.intake.nodes import Node
from grader.intake.shapes import is_nobodys


def recognises(node: Node, wanted: Wanted) -> bool:
    """Whether most folders are clones."""
    people = [c for c in node.children if c.is_folder and not is_nobodys(c, wanted)]
    return 2 * len([child for child in people if child.child(".git")]) > len(people)


def slug(node: Node, names: Sequence[str], wanted: Wanted, known: Collection[str]) -> str:
    """What the clones have in front of the user: "nlp-hw1-"; "" for nothing.

    Most have it where it ends in the name of the assignment or of the folder. Another one is
    believed where all have it, and the roster knows most of what follows.
    """
    heads = Counter(head for name in names for head in _heads(name))
    slugs = {node.name.removesuffix("-submissions"), wanted.assignment, wanted.package}
    for own in sorted(map(_folded, slugs), key=len, reverse=True):
        common = [h for h, count in heads.items() if 2 * count > len(names) and _is_of(h, own)]
        if common:
            return min(common, key=len)
    for head, count in heads.items():
        users = [name for name in names if name.removeprefix(head) in known]
        if count == len(names) > 1 and 2 * len(users) > len(names):
            return head
    return ""


def _heads(name: str) -> Iterator[str]:
    """`a-b-kim` may be the user `b-kim`, or `kim`."""
    return (name[: at + 1] for at, letter in enumerate(name[:-1]) if letter == "-")


def _is_of(head: str, slug: str) -> bool:
    return f"-{_folded(head)}".endswith(f"-{slug}-")


def _folded(name: str) -> str:
    return plain_number(name).replace("_", "-")

"""Clones, a folder for each: `<slug>-<user>`, as GitHub Classroom calls them.

The slug is one for all: what is in front of one name alone is that user's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from grader.intake.handin import Wanted, plain_number
from grader.intake.nodes import Node
from grader.intake.shapes import is_nobodys


def is_clone(node: Node) -> bool:
    """Whether a folder is a clone of a repository."""
    return node.child(".git") is not None


def recognises(node: Node, wanted: Wanted) -> bool:
    """Whether most folders are clones."""
    people = [c for c in node.children if c.is_folder and not is_nobodys(c, wanted)]
    return 2 * len(list(filter(is_clone, people))) > len(people)


def slug(node: Node, clones: Sequence[str], wanted: Wanted, known: Collection[str]) -> str:
    """What the clones have in front of the user: "nlp-hw1-"; "" for nothing.

    Most have it where it ends in the name of the assignment or of the folder. Another one is
    believed where it leads most of them to two users on the roster, or all of them to one.
    """
    heads = Counter(head for name in clones for head in _heads(name))
    common = [head for head, count in heads.items() if 2 * count > len(clones)]
    slugs = {node.name.removesuffix("-submissions"), wanted.assignment, wanted.package}
    fitting = [[h for h in common if _is_of(h, own)] for own in map(_folded, slugs)]
    if own_heads := [min(fits, key=len) for fits in fitting if fits]:
        return max(own_heads, key=len)  # in `nlp/`, of nlp-hw1-kim both "nlp-" and "nlp-hw1-"
    names = {one.casefold() for one in known}

    def led(head: str) -> int:
        return sum(c.startswith(head) and c[len(head) :].casefold() in names for c in clones)

    users = {h: led(h) for h in common}
    believed = [h for h in common if users[h] > (heads[h] < len(clones))]
    return max(believed, key=lambda head: (users[head], len(head)), default="")


def _heads(name: str) -> Iterator[str]:
    """`a-b-kim` may be the user `b-kim`, or `kim`."""
    return (name[: at + 1] for at, letter in enumerate(name[:-1]) if letter == "-")


def _is_of(head: str, slug: str) -> bool:
    return f"-{_folded(head)}".endswith(f"-{slug}-")


def _folded(name: str) -> str:
    return plain_number(name).replace("_", "-")

"""How somebody wants a place to be read, and whom they know."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.roster import Known, is_telling
from grader.intake.handin import Wanted, without_task
from grader.intake.names import student_name
from grader.intake.nodes import Node, stem
from grader.intake.shapes import is_somebodys_code


def _nobody(_name: str) -> Collection[object]:
    return ()


@dataclass(frozen=True)
class Request:
    """How somebody wants a place to be read."""

    out: Path
    source: str | None = None  # one of `grader.course.folder.SOURCES`; None: look
    layout: str | None = None  # one of `grader.intake.find.LAYOUTS`
    known: Known = field(default_factory=dict)  # the ids on the roster
    named: Callable[[str], Collection[object]] = _nobody  # the people on the roster of a name
    roster_file: Path | None = None  # where somebody named one

    def knows(self, node: Node, wanted: Wanted) -> bool:
        """Whether it bears an id, or the name, of somebody on the roster."""
        key = student_name(stem(node.name)).casefold()
        bare = without_task(key, wanted)
        names = set(filter(is_telling, (key, bare, *re.split(r"[\W_]+", key))))
        if node.is_folder and not key.isdigit():
            names.add(key)
        known = {one.casefold() for one in self.known}
        return not known.isdisjoint(names) or (is_telling(bare) and bool(self.named(bare)))

    def knows_file(self, node: Node, wanted: Wanted) -> bool:
        """Whether it is code by itself, of somebody on the roster."""
        return is_somebodys_code(node, wanted) and self.knows(node, wanted)

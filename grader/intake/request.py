"""How somebody wants a place to be read, and whom they know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.course.roster import Known, Roster, is_telling
from grader.intake.handin import Wanted, without_task
from grader.intake.names import student_name
from grader.intake.nodes import Node, is_packed, stem


@dataclass(frozen=True)
class Request:
    """How somebody wants a place to be read."""

    out: Path
    source: str | None = None  # one of `grader.course.folder.SOURCES`; None: look
    layout: str | None = None  # one of `grader.intake.find.LAYOUTS`
    roster: Roster | None = None
    roster_file: Path | None = None  # where somebody named one

    @cached_property
    def known(self) -> Known:
        """The ids on the roster."""
        return self.roster.known() if self.roster else {}

    def who(self, node: Node, wanted: Wanted) -> frozenset[str]:
        """The people on the roster whose id or name, or whose team's, it bears.

        A loose file is nobody's by a short one: `1.ipynb` may be a teacher's.
        """
        if self.roster is None:
            return frozenset()
        key = student_name(stem(node.name)).casefold()
        bare = without_task(key, wanted)
        names = set(filter(is_telling, (key, bare, *re.split(r"[\W_]+", key))))
        holds_all = node.is_folder or is_packed(node.name)
        if holds_all:
            names |= {key, bare}
        found = {owner for name in names for owner in self._owners.get(name, ())}
        if not found and (holds_all or is_telling(bare)):
            people = self.roster.named(bare) or self.roster.team(bare)
            found = {person.id for person in people}
        return frozenset(found)

    @cached_property
    def _owners(self) -> dict[str, set[str]]:
        """The people of each id of any kind, however it is written."""
        owners: dict[str, set[str]] = {}
        for one, people in self.known.items():
            owners.setdefault(one.casefold(), set()).update(person.id for person in people)
        return owners

"""How somebody wants a place to be read, and whom they know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from grader.course.roster import Known, Roster
from grader.course.spelling import LONG_NUMBER, is_telling
from grader.intake.handin import Handin, Wanted, without_task
from grader.intake.names import student_name
from grader.intake.nodes import Node, holds_files, is_packed, stem
from grader.intake.owners import perhaps


class Named(NamedTuple):
    """The people whom a name means on the roster, by how much it says.

    A number or a letter may mean a team, but also a section, or a problem in somebody's hand-in.
    """

    told: frozenset[str] = frozenset()  # by what is long enough, or is an id and no number
    own: frozenset[str] = frozenset()  # by an id of the course's own, however short
    short: frozenset[str] = frozenset()  # by anything, but for numbers that are nobody's own id
    anyone: frozenset[str] = frozenset()  # by anything


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

    def who(self, node: Node, wanted: Wanted) -> Named:
        """The people whose id or name, or whose team's, it bears.

        A loose file is nobody's by a number: `1.ipynb` may be a teacher's.
        """
        if self.roster is None:
            return Named()
        has_ending = not node.is_folder or is_packed(node.name)  # no folder `1. code` has one
        key = student_name(stem(node.name) if has_ending else node.name).casefold()
        bare = without_task(key, wanted)
        words = (*re.split(r"[\W_]+", key), *LONG_NUMBER.findall(key))
        parts = set(filter(is_telling, (key, bare, *words)))
        if not holds_files(node):
            told = self._bearing(parts, bare if is_telling(bare) else "")
            own = self._own.get("" if key.isdigit() else key, frozenset())
            return Named(told, own, own, own or told)
        whole = parts if key.isdigit() else parts | {key}
        told = self._bearing(whole, bare if is_telling(bare) else "")
        own = self._own.get(key) or self._own.get(bare, frozenset())
        anyone = own or self._bearing(parts | {key, bare}, bare)
        return Named(told, own, own if bare.isdigit() else anyone, anyone)

    def may_be_somebodys(self, file: Node, wanted: Wanted) -> bool:
        """Whether a loose file bears an id, a name or a team, also a number of few digits."""
        named = Handin(student_name(stem(file.name)), file.name, None)
        return bool(self.roster and perhaps(named, self.roster, wanted))

    def _bearing(self, ids: Iterable[str], name: str) -> frozenset[str]:
        """The people who have one of these ids; if nobody has, that name, or that team."""
        found = {owner for one in ids for owner in self._owners.get(one, ())}
        if not found and self.roster:
            people = self.roster.named(name) or self.roster.team(name)
            found = {person.id for person in people}
        return frozenset(found)

    @cached_property
    def _own(self) -> dict[str, frozenset[str]]:
        """The person of each id of the course's own, however it is written."""
        people = self.roster.people if self.roster else ()
        return {person.id.casefold(): frozenset({person.id}) for person in people}

    @cached_property
    def _owners(self) -> dict[str, set[str]]:
        """The people of each id of any kind, however it is written."""
        owners: dict[str, set[str]] = {}
        for one, people in self.known.items():
            owners.setdefault(one.casefold(), set()).update(person.id for person in people)
        return owners

"""Everybody of a class and what is theirs: what counts, what is missing, what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.intake.entries import shown
from grader.intake.handin import Found, Handin
from grader.intake.nodes import Together
from grader.records.record import MISSING, Message

_DOCUMENTS = {".pdf", ".doc", ".docx", ".hwp", ".hwpx", ".odt", ".rtf", ".pages", ".txt", ".html"}

SCHEMA = "grader/intake/v1"


@dataclass(frozen=True)
class Taken:
    """One person, what is theirs, and why."""

    id: str
    name: str
    by: str  # "canvas", "id", ...: what it was told by; "roster" where there is nothing
    on_roster: bool | None  # None: there is no roster
    handins: tuple[Handin, ...] = ()  # oldest first
    counts: Handin | None = None
    section: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)  # kind -> value: the roster's, the LMS's
    perhaps: tuple[str, ...] = ()  # where there is nothing: what may be theirs
    outside: tuple[str, ...] = ()  # the part of it that bears nobody else's name
    aside: tuple[str, ...] = ()  # files of theirs beside what was handed in

    @property
    def is_double(self) -> bool:
        """Whether there is more than one hand-in and nothing tells which is the last."""
        return len(self.handins) > 1 and not is_counted(self.handins)

    @property
    def status(self) -> str:
        """One of "handed_in", "missing" and "doubled"."""
        if self.is_double:
            return "doubled"
        return "missing" if self.counts is None or self.counts.place is None else "handed_in"

    def found(self) -> Found:
        """What counts, to be read; or why there is nothing."""
        if self.is_double:
            names = ", ".join(handin.label for handin in self.handins)
            places = [handin.place for handin in self.handins if handin.place is not None]
            doubled = Message("doubled", {"found": shown(names)})
            return Found(self.id, places[0], names, problem=doubled)
        handin = self.counts
        if handin is None or handin.place is None:
            return self._nothing()
        notes = [Message("marked_late")] if handin.late else []
        if documents := _documents(handin):
            notes.append(Message("documents", {"found": shown(", ".join(documents))}))
        aside = [other.label for other in self.handins if other is not handin]
        if aside:
            notes.append(Message("other_attempts", {"found": shown(", ".join(aside))}))
        if self.aside:
            notes.append(Message("left_aside", {"found": shown(", ".join(self.aside))}))
        return Found(self.id, handin.place, handin.label, tuple(notes), record=handin.record)

    def _nothing(self) -> Found:
        if not self.perhaps:
            return Found(self.id, None, problem=Message(MISSING))
        fields = {"found": shown(", ".join(self.perhaps))}
        shared = [found for found in self.perhaps if found not in self.outside]
        notes = tuple(
            Message(code, {"found": shown(", ".join(found))})
            for code, found in (("perhaps_handed_in", shared), ("left_outside", self.outside))
            if found
        )
        # the problem has them too, so that a record without the note is written anew
        missing = Message(MISSING, fields)
        return Found(self.id, None, notes=notes, problem=missing, perhaps=tuple(shared))

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "id": self.id,
            "name": self.name,
            "section": self.section,
            "ids": dict(self.ids),
            "status": self.status,
            "by": self.by,
            "on_roster": self.on_roster,
            "handins": [
                {
                    "found": handin.label,
                    "files": list(handin.files),
                    "attempt": handin.attempt,
                    "late": handin.late,
                    "counts": handin is self.counts and not self.is_double,
                }
                for handin in self.handins
            ],
        }


@dataclass(frozen=True)
class Unclear:
    """What was taken for nobody's on the roster, or for one's, and whose it may be."""

    found: str
    people: tuple[str, ...]  # their ids
    owner: str = ""  # whose it is by an id; it may be that of a team called so, the others'
    is_outside: bool = False  # only one person's, and left over all the same


@dataclass(frozen=True)
class Intake:
    """Everybody, and what was left over."""

    assignment: str
    source: str
    where: str
    attempts: str
    people: tuple[Taken, ...]  # ordered by id
    leftover: tuple[str, ...]
    unclear: tuple[Unclear, ...] = ()
    alone: tuple[str, ...] = ()  # who handed in beside the leader whom their team is called after

    @property
    def missing(self) -> list[Taken]:
        """Who handed in nothing."""
        return [person for person in self.people if person.status == "missing"]

    @property
    def unknown(self) -> list[Taken]:
        """Who is not on the roster, nor may be."""
        unclear = {one.found for one in self.unclear}
        return [
            person
            for person in self.people
            if person.on_roster is False
            and unclear.isdisjoint(shown(handin.label) for handin in person.handins)
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain data, schema first."""
        return {
            "schema": SCHEMA,
            "assignment": self.assignment,
            "source": self.source,
            "where": self.where,
            "attempts": self.attempts,
            "people": [person.to_json() for person in self.people],
            "leftover": list(self.leftover),
            "unclear": [{"found": one.found, "people": list(one.people)} for one in self.unclear],
        }


def is_counted(handins: Sequence[Handin]) -> bool:
    """Whether they are the attempts of one person in the source, each with its number."""
    attempts = {handin.attempt for handin in handins} - {None}
    return len({handin.key for handin in handins}) == 1 and len(attempts) == len(handins)


def _documents(handin: Handin) -> list[str]:
    """Names of what was handed in beside the code for people to read."""
    place = handin.place
    if isinstance(place, Together):
        names = [name for name, node in place.parts if not node.is_folder]
    elif handin.ids and place is not None:
        names = [child.name for child in place.children if not child.is_folder]
    else:
        return []
    return [name for name in names if Path(name).suffix.lower() in _DOCUMENTS]

"""Who the students of a graded class are: names beside ids, and who is on the roster.

`grader grade` writes `OUT/intake/<assignment>.json` and, where there is a roster,
`OUT/roster.json`. Records know ids only: a name or a roster that changes changes no record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.course.roster import Person, Roster
from grader.errors import PlatformError
from grader.json_file import Damaged, read_json
from grader.records.decode import typed
from grader.records.layout import Out


@dataclass(frozen=True)
class People:
    """Names, and ids on the roster; `on_roster` is None where there is no roster."""

    names: dict[str, str] = field(default_factory=dict)
    on_roster: frozenset[str] | None = None
    ids: dict[str, dict[str, str]] = field(default_factory=dict)  # "canvas", "email" -> value
    files: dict[str, list[str]] = field(default_factory=dict)  # what counts, as Canvas names it
    expected: tuple[str, ...] = ()  # who was there, or missing, when it was graded last

    def name(self, student: str) -> str:
        """The name, or "" where none is known or the id says it already."""
        name = self.names.get(student, "")
        return "" if name == student else name

    def has_left(self, student: str) -> bool:
        """Whether a roster is known and does not name the student."""
        return self.on_roster is not None and student not in self.on_roster


def load(out: Path, assignment: str) -> People:
    """The people of an assignment. Raises `PlatformError` when a file is damaged."""
    seen = _people(Out(out).intake(assignment))
    enrolled = _people(Out(out).roster)
    everybody = [*(seen or ()), *(enrolled or ())]  # the roster has the last word
    names: dict[str, str] = {}
    ids: dict[str, dict[str, str]] = {}
    for person in everybody:
        names[person.id] = person.name or names.get(person.id, "")
        ids[person.id] = ids.get(person.id, {}) | person.ids
    return People(
        names,
        None if enrolled is None else frozenset(person.id for person in enrolled),
        ids,
        {person.id: person.files for person in seen or () if person.files},
        tuple(person.id for person in seen or ()),
    )


def roster(out: Path) -> Roster | None:
    """The roster that somebody graded with last. Raises `PlatformError` when it is damaged."""
    path = Out(out).roster
    if not path.exists():
        return None
    empty = {"name": "", "section": "", "team": "", "ids": {}}  # of an earlier grader
    try:
        people = read_json(path, lambda data: [typed(Person, empty | p) for p in data["people"]])
    except Damaged as error:
        raise PlatformError("error.record_unreadable", file=path, reason=error) from error
    return Roster(tuple(people))


@dataclass(frozen=True)
class _Person:
    """An entry of "people" in either file."""

    id: str
    name: str
    ids: dict[str, str]
    files: list[str]


def _people(path: Path) -> list[_Person] | None:
    """Everybody in a file; None where an earlier grader, or one without a roster, wrote none."""
    if not path.exists():
        return None
    try:
        return read_json(path, lambda data: [_person(entry) for entry in data["people"]])
    except Damaged as error:
        raise PlatformError("error.record_unreadable", file=path, reason=error) from error


def _person(entry: Any) -> _Person:
    """The person that an entry tells of, in as much as an earlier grader wrote of it."""
    counting = [handin for handin in entry.get("handins", ()) if handin["counts"]]
    data = {
        "id": entry["id"],
        "name": entry["name"],
        "ids": entry.get("ids", {}),
        "files": [name for handin in counting for name in handin.get("files", ())],
    }
    return typed(_Person, data)

"""Who handed in what: hand-ins of one source joined with the roster, nobody dropped or merged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.course.roster import Person, Roster, is_telling
from grader.intake.entries import is_code, is_notebook, shown
from grader.intake.handin import Found, Handin, Seen, Wanted, without_task
from grader.intake.names import student_name
from grader.intake.nodes import Node, Together, stem
from grader.records.record import MISSING, Message

_DOCUMENTS = {".pdf", ".doc", ".docx", ".hwp", ".hwpx", ".odt", ".rtf", ".pages", ".txt", ".html"}

SCHEMA = "grader/intake/v1"

# What a folder may be called after, most certain first.
_KINDS = ("id", "sis", "login", "github", "email", "canvas", "moodle")


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
        return len(self.handins) > 1 and not _is_counted(self.handins)

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
        return Found(self.id, None, notes=notes, problem=Message(MISSING, fields))

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
    """What was taken for nobody's on the roster, and whose it may be."""

    found: str
    people: tuple[str, ...]  # their ids

    @property
    def is_outside(self) -> bool:
        """Whether it is only one person's, and could not be taken for a hand-in all the same."""
        return len(self.people) == 1


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


@dataclass
class _Pile:
    """What one person has, while it is collected."""

    id: str
    name: str
    by: str
    person: Person | None
    handins: list[Handin] = field(default_factory=list)
    aside: list[Handin] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was handed in."""
        return all(handin.place is None for handin in self.handins)


def join(seen: Seen, roster: Roster | None, attempts: str, wanted: Wanted) -> Intake:
    """Whose each hand-in is, and who on the roster has none.

    A single hand-in (`seen.source` "submission") says nothing about the others.
    """
    piles: dict[str, _Pile] = {}
    unclaimed = [_left(label) for label in seen.leftover]
    for handin in seen.handins:
        for by, person in _owners(handin, roster, wanted):
            if person is None and handin.is_loose:
                unclaimed.append(handin)
                continue
            key = person.id if person else _unknown_key(handin, roster)
            pile = piles.setdefault(key, _Pile(key, handin.name, by, person))
            pile.handins.append(handin)
    unclaimed += _put_together(piles.values(), wanted)
    if roster and seen.source != "submission":
        for person in roster.people:
            piles.setdefault(person.id, _Pile(person.id, person.name, "roster", person))
    unclear = _unclear(piles.values(), unclaimed, roster, wanted) if roster else ()
    people = [_taken(pile, roster, attempts, unclear) for pile in piles.values()]
    people.sort(key=lambda person: person.id)
    return Intake(
        assignment=wanted.assignment,
        source=seen.source,
        where=seen.where,
        attempts=attempts,
        people=tuple(people),
        leftover=tuple(shown(name) for name in sorted(handin.label for handin in unclaimed)),
        unclear=unclear,
    )


def _owners(
    handin: Handin, roster: Roster | None, wanted: Wanted
) -> list[tuple[str, Person | None]]:
    """The people on the roster whose it is, and by what; None where nobody there is known."""
    if roster is None:
        return [(next(iter(handin.ids), "key"), None)]
    if members := _team(handin, handin.name or handin.key, roster):
        return [("team", member) for member in members]
    sure: list[tuple[str, Person | None]] = [
        (by, people[0]) for by, people in _guesses(handin, roster, wanted) if len(people) == 1
    ]
    return sure[:1] or [("key", None)]


def _unclear(
    piles: Collection[_Pile], leftover: Sequence[Handin], roster: Roster, wanted: Wanted
) -> tuple[Unclear, ...]:
    """What may be that of several people, and what is left over of who has nothing else."""
    without = {pile.id for pile in piles if pile.is_empty}
    strangers = [handin for pile in piles if pile.person is None for handin in pile.handins]
    found = [_perhaps(handin, roster, wanted) for handin in strangers]
    # also what is too short to be anybody's by itself
    left = [_perhaps(replace(handin, is_loose=False), roster, wanted) for handin in leftover]
    found += [one for one in left if not without.isdisjoint(one.people)]
    return tuple(sorted((one for one in found if one.people), key=lambda one: one.found))


def _put_together(piles: Iterable[_Pile], wanted: Wanted) -> list[Handin]:
    """Make one hand-in of the files of one person; what is then nobody's comes back.

    They are a hand-in only where that person has no folder and no archive, whatever others have.
    """
    aside: dict[str, Handin] = {}
    used: set[str] = set()  # by somebody: what a team hands in is that of several
    for pile in piles:
        if pile.person is not None:
            every = {handin.label: handin for handin in pile.handins}
            pile.handins, pile.aside = _of_one(pile.handins, pile.person, wanted)
            aside |= {handin.label: handin for handin in pile.aside}
            used |= every.keys() - {handin.label for handin in pile.aside}
    return [handin for label, handin in aside.items() if label not in used]


def _of_one(
    handins: list[Handin], person: Person, wanted: Wanted
) -> tuple[list[Handin], list[Handin]]:
    """What one person handed in (of several the one called like them), and what lay beside it."""
    files = [handin for handin in handins if handin.is_file]
    others = [handin for handin in handins if not handin.is_file]
    if any(handin.place is not None for handin in others):
        return others, files
    code = [handin for handin in files if handin.place and is_code(handin.place.name)]
    if not code:
        return handins, []
    books = [handin for handin in code if handin.place and is_notebook(handin.place.name)]
    main = books or (code if len(wanted.files) == 1 else code[:1])
    rest = [handin for handin in files if handin not in main]
    if len(main) > 1:
        ids = {one.casefold() for one in (person.id, *person.ids.values())}
        exact = [handin for handin in main if handin.key.casefold() in ids]
        if len(exact) == 1:
            return [*others, *exact], [handin for handin in files if handin not in exact]
        return [*others, *main], rest
    return [*others, _together([*main, *rest])], []


def _together(files: Sequence[Handin]) -> Handin:
    parts: list[tuple[str, Node]] = []
    for handin in files:
        if isinstance(handin.place, Together):
            parts += handin.place.parts
        elif handin.place is not None:
            parts.append((handin.place.name, handin.place))
    if len(parts) == 1:
        return files[0]
    label = ", ".join(handin.label for handin in files)
    return replace(files[0], label=label, place=Together(parts[0][0], parts))


def _left(label: str) -> Handin:
    """What a source left over, as if it were somebody's."""
    name = stem(label.removesuffix("/").rpartition("/")[2])
    return Handin(student_name(name), label, None)


def _team(handin: Handin, name: str, roster: Roster) -> list[Person]:
    return [] if handin.is_loose and not is_telling(name) else roster.team(name)


def _perhaps(handin: Handin, roster: Roster, wanted: Wanted) -> Unclear:
    """Whom its name may mean, however many they are."""
    guesses = (people for _, people in _guesses(handin, roster, wanted))
    people = roster.team(handin.key) or next(filter(None, guesses), [])
    return Unclear(shown(handin.label), tuple(person.id for person in people))


def _guesses(handin: Handin, roster: Roster, wanted: Wanted) -> Iterator[tuple[str, list[Person]]]:
    """Whom its ids or its name may mean, most certain first."""
    is_id = not handin.key.isdigit() and len(roster.by("id", handin.key)) == 1
    if handin.is_loose and not is_id and not is_telling(handin.key):  # `1.ipynb` may be a teacher's
        return
    claims = handin.ids or dict.fromkeys(_KINDS, handin.key)
    for kind, value in claims.items():
        yield kind, roster.by(kind, value)
    # A name proves nothing where the roster has better: the same ids as the hand-in.
    if any(kind in person.ids for kind in handin.ids for person in roster.people):
        return
    if handin.ids:
        yield "name", roster.named(handin.name or handin.key)
        return
    yield "part", roster.within(handin.key)
    yield "name", roster.named(handin.key)
    bare = without_task(handin.key, wanted)
    if handin.is_loose and not is_telling(bare):  # so may `hw1 2.ipynb`
        return
    for kind in _KINDS:
        yield "part", roster.by(kind, bare)
    yield "name", roster.named(bare)


def _unknown_key(handin: Handin, roster: Roster | None) -> str:
    """What somebody is called who is not on the roster; never like somebody who is."""
    key = student_name(handin.key)
    return f"{key} ({handin.label})" if roster and roster.by("id", key) else key


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


def _taken(pile: _Pile, roster: Roster | None, attempts: str, unclear: Sequence[Unclear]) -> Taken:
    handins = sorted(pile.handins, key=lambda handin: handin.attempt or 0)
    if not _is_counted(handins):  # an empty place doubles nobody
        handins = [handin for handin in handins if handin.place is not None] or handins[:1]
    counts = None
    if handins:
        counts = handins[0] if attempts == "first" else handins[-1]
    person = pile.person
    perhaps = [one for one in unclear if pile.is_empty and pile.id in one.people]
    return Taken(
        id=pile.id,
        name=_name(pile),
        by=pile.by,
        on_roster=None if roster is None else person is not None,
        handins=tuple(handins),
        counts=counts,
        section=person.section if person else "",
        ids=_ids(pile),
        perhaps=tuple(one.found for one in perhaps),
        outside=tuple(one.found for one in perhaps if one.is_outside),
        aside=tuple(handin.label for handin in pile.aside),
    )


def _is_counted(handins: Sequence[Handin]) -> bool:
    """Whether they are the attempts of one person in the source, each with its number."""
    attempts = {handin.attempt for handin in handins} - {None}
    return len({handin.key for handin in handins}) == 1 and len(attempts) == len(handins)


def _name(pile: _Pile) -> str:
    """The roster's, or else the source's: a roster may hold ids alone. A team's is nobody's."""
    if pile.person and (pile.person.name or pile.by == "team"):
        return pile.person.name
    return "".join(c for c in pile.name if c.isprintable())


def _ids(pile: _Pile) -> dict[str, str]:
    """What an LMS calls somebody. What a team handed in bears one member's number, or the team's.

    Where two hand-ins bear different numbers, neither says whose they are.
    """
    found: dict[str, str] = {}
    if pile.by != "team":
        for kind in {kind for handin in pile.handins for kind in handin.ids}:
            values = {handin.ids[kind] for handin in pile.handins if kind in handin.ids}
            if len(values) == 1:
                found[kind] = values.pop()
    return found | (pile.person.ids if pile.person else {})

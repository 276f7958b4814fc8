"""Whose a hand-in is, by the roster: what its ids and its name say, and whether they agree.

The most certain answer that names one person holds. Where what gives it also names somebody else,
as `2027001_김철수` where 2027001 is 이영희, it is nobody's, and they are all told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.course.roster import Person, Roster, is_telling
from grader.intake.handin import Handin, Wanted, without_task

# What a folder may be called after, most certain first.
_KINDS = ("id", "sis", "login", "github", "email", "canvas", "moodle")


def owners(
    handin: Handin, roster: Roster | None, wanted: Wanted
) -> list[tuple[str, Person | None]]:
    """The people on the roster whose it is, and by what; None where nobody there is known."""
    if roster is None:
        return [(next(iter(handin.ids), "key"), None)]
    for by, value, people in _answers(handin, roster, wanted):
        is_clear = by == "team" or len(people) == 1
        if is_clear and (not handin.is_loose or _tells(by, value)):
            return [(by, person) for person in people]
    return [("key", None)]


def perhaps(handin: Handin, roster: Roster, wanted: Wanted) -> list[Person]:
    """Whom it may mean, however many they are, and however short what says so."""
    return next((people for _, _, people in _answers(handin, roster, wanted)), [])


def leader(handin: Handin, roster: Roster, wanted: Wanted) -> tuple[str, Person] | None:
    """The member after whom a team is called whose hand-in it may be, and by what.

    A number is not called after anybody: `1` is the first of the people and of the teams.
    """
    name, team = _team(handin, roster, wanted)
    if name.isdigit() or len(team) < 2:
        return None
    found = ((kind, roster.by(kind, name)) for kind in _KINDS)
    kind, people = next((one for one in found if one[1]), ("", []))
    return (kind, people[0]) if len(people) == 1 and people[0] in team else None


def mates(handin: Handin, owner: Person, roster: Roster, wanted: Wanted) -> list[Person]:
    """Who else is in the team that is called like what is one person's."""
    return [member for member in _team(handin, roster, wanted)[1] if member is not owner]


def _team(handin: Handin, roster: Roster, wanted: Wanted) -> tuple[str, list[Person]]:
    """The team that a hand-in is called like, and who is in it."""
    if handin.ids or handin.readings:  # these say whose it is
        return "", []
    names = (handin.name or handin.key, without_task(handin.key, wanted))
    return next(((name, team) for name in names if (team := roster.team(name))), ("", []))


def _tells(by: str, value: str) -> bool:
    """Whether a loose file of that name is somebody's: `1.ipynb` may be a teacher's."""
    return is_telling(value) or (by == "id" and not value.isdigit())


def _answers(
    handin: Handin, roster: Roster, wanted: Wanted
) -> Iterator[tuple[str, str, list[Person]]]:
    """By what, by which text, and whom it means; most certain first, and nobody left out."""
    if handin.readings:
        claims = _by_readings(handin, roster, wanted)
    else:
        claims = _by_ids(handin, roster) if handin.ids else _by_key(handin, roster, wanted)
    return (answer for answer in claims if answer[-1])


def _by_readings(
    handin: Handin, roster: Roster, wanted: Wanted
) -> Iterator[tuple[str, str, list[Person]]]:
    """All whom the readings mean: one person, if they agree."""
    firsts = [next(_answers(one, roster, wanted), ("", "", [])) for one in handin.readings]
    people = {person.id: person for _, _, found in firsts for person in found}
    kinds = {by for by, _, _ in firsts}
    yield kinds.pop() if len(kinds) == 1 else "name", handin.key, [*people.values()]


def _by_ids(handin: Handin, roster: Roster) -> Iterator[tuple[str, str, list[Person]]]:
    """Where the source gives ids: people choose their names there, but not those."""
    name = handin.name or handin.key
    by, owner = "", list[Person]()
    for kind, value in handin.ids.items():
        if people := roster.by(kind, value):
            by, owner = by or kind, _agreed(owner, people)
    team = roster.team(name)
    if not owner or _share(team, owner):
        yield "team", name, team
    yield by, handin.key, owner
    # A name proves nothing where the roster has better: the same ids as the hand-in.
    if not any(kind in person.ids for kind in handin.ids for person in roster.people):
        yield "name", name, roster.named(name)


def _by_key(
    handin: Handin, roster: Roster, wanted: Wanted
) -> Iterator[tuple[str, str, list[Person]]]:
    """Where there is no more than what somebody called it."""
    key, team = handin.key, roster.team(handin.name or handin.key)
    is_leaders = leader(handin, roster, wanted) is not None
    if is_leaders:
        yield "team", *_team(handin, roster, wanted)
    for kind in _KINDS:
        people = roster.by(kind, key)
        # `1` of Moodle's participant 1, or of team 1
        if people and team and kind != "id" and not is_leaders:
            yield "part", key, [*people, *(member for member in team if member not in people)]
            return
        yield kind, key, people
    yield "team", handin.name or key, team
    within = roster.within(key)
    others = _others(key, within, roster)
    yield "part", key, [*within, *others]
    if others:
        return
    yield "name", key, roster.named(key)
    bare = without_task(key, wanted)
    for kind in _KINDS:
        yield "part", bare, roster.by(kind, bare)
    yield "name", bare, roster.named(bare)
    yield from _by_bare_team(bare, roster)


def _by_bare_team(bare: str, roster: Roster) -> Iterator[tuple[str, str, list[Person]]]:
    """The team of `hw1_1조`; of `hw1_1` and `hw1_a`, which may be problems, it is not certain."""
    team = roster.team(bare)
    is_certain = len(bare) > 1 and not bare.isdigit()
    if is_certain or len(team) > 1:
        yield "team" if is_certain else "part", bare, team


def _others(key: str, people: list[Person], roster: Roster) -> list[Person]:
    """Who is named beside the one whose id is a part of it, where that one is not."""
    words = re.split(r"[\W_]+", key)
    rest = [word for word in words if word.casefold() not in {one.id.casefold() for one in people}]
    if len(people) != 1 or rest == words:
        return []
    named = roster.named_within(rest)
    return [] if _share(people, named) else named


def _agreed(people: list[Person], others: list[Person]) -> list[Person]:
    """Whom both answers mean; all, where they name nobody in common."""
    return [person for person in people if person in others] or [*people, *others]


def _share(people: list[Person], others: list[Person]) -> bool:
    return any(person in people for person in others)

"""Whose a hand-in is, by the roster: what its ids and its name say, and whether they agree.

The most certain answer that names one person, or a team, holds. Where what gives it also names
somebody else, as `2027001_김철수` where 2027001 is 이영희, it is nobody's, and they are all told.

A team may be called after a member, by a login, an id or a name: then what bears that name is the
team's, or that member's `alone`. What the mates handed in tells which: see `grader.intake.join`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.course.roster import Person, Roster
from grader.course.spelling import is_telling, letters, orders
from grader.intake.handin import Handin, Wanted, without_task

# What a folder may be called after, most certain first.
_KINDS = ("id", "sis", "login", "github", "email", "canvas", "moodle")


@dataclass(frozen=True)
class Answer:
    """Whom something means."""

    by: str  # "id", "canvas", ...; "leader": of a team that is called after a member
    text: str  # that says so
    people: Sequence[Person] = ()
    mates: Sequence[Person] = ()  # who else is in a team that is called like one person
    alone: Answer | None = None  # whose it is if it is not the team's but its leader's
    is_doubtful: bool = False  # though it may be one person; then no later answer is clearer

    @property
    def is_teams(self) -> bool:
        """Whether it is that of a team."""
        return self.by in {"team", "leader"}

    @property
    def is_clear(self) -> bool:
        """Whether it names one person, or a team."""
        return not self.is_doubtful and (self.is_teams or len(self.people) == 1)


def owners(handin: Handin, roster: Roster | None, wanted: Wanted) -> Answer:
    """The people on the roster whose it is, and by what; none where nobody there is known."""
    if roster is None:
        return Answer(next(iter(handin.ids), "key"), handin.key)
    for answer in _answers(handin, roster, wanted):
        if answer.is_doubtful:
            break
        if answer.is_clear and (not handin.is_loose or _tells(answer)):
            return answer
    return Answer("key", handin.key)


def perhaps(handin: Handin, roster: Roster, wanted: Wanted) -> Sequence[Person]:
    """Whom it may mean, however many they are, and however short what says so."""
    return next((answer.people for answer in _answers(handin, roster, wanted)), ())


def is_all(text: str, owner: Person) -> bool:
    """Whether it is somebody's name and ids and nothing else, as `jiwoo_plots` is not."""
    texts = [text, *(_without_names(text, {name}) for name in owner.spellings)]
    return not all(letters(_without_ids(one, [owner])) for one in texts)


def _tells(answer: Answer) -> bool:
    """Whether a loose file of that name is somebody's: `1.ipynb` may be a teacher's."""
    return is_telling(answer.text) or (answer.by == "id" and not answer.text.isdigit())


def _answers(handin: Handin, roster: Roster, wanted: Wanted) -> Iterator[Answer]:
    """Most certain first, and nobody left out."""
    if handin.readings:
        answers = _by_readings(handin, roster, wanted)
    elif handin.ids:
        answers = _by_ids(handin, roster)
    else:
        answers = _by_key(handin, roster, wanted)
    return (answer for answer in answers if answer.people)


def _by_readings(handin: Handin, roster: Roster, wanted: Wanted) -> Iterator[Answer]:
    """All whom the readings mean: one person, or a team, if they agree."""
    found = [answer for one in handin.readings for answer in [*_answers(one, roster, wanted)][:1]]
    people = {person.id: person for answer in found for person in answer.people}
    if all(answer.people == found[0].people for answer in found):
        yield from found[:1]
    else:
        yield Answer("name", handin.key, [*people.values()])


def _by_ids(handin: Handin, roster: Roster) -> Iterator[Answer]:
    """Where the source gives ids: people choose their names there, but not those."""
    name = handin.name or handin.key
    by, owner = "", list[Person]()
    for kind, value in handin.ids.items():
        if people := roster.by(kind, value):
            by, owner = by or kind, _agreed(owner, people)
    team = roster.team(name)
    own = Answer(by, handin.key, owner)
    if led := _led(name, roster, own):
        yield led
    elif not owner or _share(team, owner):
        yield Answer("team", name, team)
    yield own
    # A name proves nothing where the roster has better: the same ids as the hand-in.
    if not any(kind in person.ids for kind in handin.ids for person in roster.people):
        named = map(roster.named, orders(name))  # `철수 김` is 김철수
        yield Answer("name", name, next(filter(None, named), ()))


def _by_key(handin: Handin, roster: Roster, wanted: Wanted) -> Iterator[Answer]:
    """Where there is no more than what somebody called it."""
    bare = without_task(handin.key, wanted)
    yield from _called(handin.key, roster)
    yield from _by_part(handin.key, bare, roster)
    yield from _called(bare, roster, is_part=True)
    yield from _by_words(bare, roster)


def _called(text: str, roster: Roster, *, is_part: bool = False) -> Iterator[Answer]:
    """Whom a text means that is nothing but what they, or their team, are called."""
    team = roster.team(text)
    kinds = [(kind, roster.by(kind, text)) for kind in _KINDS]
    for kind, people in (*kinds, ("part", roster.logins(text)), ("name", roster.named(text))):
        if not people:
            continue
        mates = [member for member in team if member not in people]
        by = "part" if is_part and kind != "name" else kind
        answer = Answer(by, text, people, mates)
        is_leaders = len(people) == 1 and people[0] in team
        if mates and is_leaders and not text.isdigit():  # no number is called after anybody
            yield Answer("leader", text, team, alone=answer)
        elif mates and kind != "id":  # `1` of Moodle's participant 1, or of team 1
            yield Answer("part", text, [*people, *mates], is_doubtful=True)
        else:
            yield answer
    if is_part and (text.isdigit() or len(text) == 1):  # `hw1_1`, which may be a problem
        yield Answer("part", text, team, is_doubtful=True)
    yield Answer("team", text, team)


def _led(text: str, roster: Roster, own: Answer) -> Answer | None:
    """The team that is called so after its owner, or after anybody where none is known."""
    for answer in _called(text, roster):
        if answer.alone and not own.people:
            return answer
        if answer.alone and answer.alone.people == own.people:
            return replace(answer, alone=replace(own, mates=answer.alone.mates))
    return None


def _by_part(key: str, bare: str, roster: Roster) -> Iterator[Answer]:
    """Whose id is a part of the name, if it is not beside the name of somebody else."""
    people = roster.within(key)
    own = Answer("part", key, people)
    if len(people) == 1:
        rest = _without_ids(bare, people)
        names = people[0].spellings
        named = roster.named_within(_without_names(rest, names))
        named += roster.named_inside(_without_names(rest, names, is_whole=False))
        if others := [one for one in roster.people if one in named and one not in people]:
            own = replace(own, people=[*people, *others], is_doubtful=True)
        own = _led(rest, roster, own) or own
    yield own


def _by_words(text: str, roster: Roster) -> Iterator[Answer]:
    """Who is named among other words: for certain, where these are that person's own ids."""
    named = roster.named_within(text) or roster.named_inside(text)
    words = {*re.split(r"[\W_]+", text.casefold()), *re.findall(r"\d+", text)}
    others = [
        person
        for word in sorted(words)
        if named or len(word) > 2 or not word.isdigit()  # `1` may be a problem
        for person in roster.by("id", word)
        if person not in named
    ]
    is_own = not others and all(is_all(text, person) for person in named)
    yield Answer("name", text, [*named, *others], is_doubtful=not is_own)


def _without_ids(text: str, people: Sequence[Person]) -> str:
    """The text without the ids of these people."""
    for one in (one for person in people for one in {person.id, *person.ids.values()}):
        edge = r"\d" if one.isdigit() else r"[^\W_]"
        text = re.sub(rf"(?<!{edge}){re.escape(one)}(?!{edge})", " ", text, flags=re.IGNORECASE)
    return text


def _without_names(text: str, names: Iterable[str], *, is_whole: bool = True) -> str:
    """The text without these spellings, where no letter stands beside them, or wherever."""
    text = text.casefold()  # as the spellings are
    edge = r"[^\W\d_]" if is_whole else r"(?!)"
    for name in sorted(names):
        spelled = r"[\W_]*".join(name)
        text = re.sub(rf"(?<!{edge}){spelled}(?!{edge})", " ", text)
    return text


def _agreed(people: list[Person], others: list[Person]) -> list[Person]:
    """Whom both answers mean; all, where they name nobody in common."""
    return [person for person in people if person in others] or [*people, *others]


def _share(people: Sequence[Person], others: Sequence[Person]) -> bool:
    return any(person in people for person in others)

"""Who handed in what: hand-ins of one source joined with the roster, nobody dropped or merged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from grader.course.roster import Person, Roster
from grader.intake.entries import is_code, is_notebook, shown
from grader.intake.handin import Handin, Seen, Wanted, is_of_another, without_task
from grader.intake.names import student_name
from grader.intake.nodes import Node, Together, stem
from grader.intake.owners import Answer, is_all, owners, perhaps
from grader.intake.people import Intake, Taken, Unclear, is_counted
from grader.intake.shapes import holds_code

_Claim = tuple[Handin, Answer]


@dataclass
class _Pile:
    """What one person has, while it is collected."""

    id: str
    name: str
    by: str
    person: Person | None
    handins: list[Handin] = field(default_factory=list)
    aside: list[Handin] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)  # by the keys of the hand-ins

    @property
    def is_teams(self) -> bool:
        """Whether the first of it is a team's."""
        return next((answer.is_teams for answer in self.answers.values()), False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was handed in."""
        return all(handin.place is None for handin in self.handins)


def join(seen: Seen, roster: Roster | None, attempts: str, wanted: Wanted) -> Intake:
    """Whose each hand-in is, and who on the roster has none.

    A single hand-in (`seen.source` "submission") says nothing about the others.
    """
    piles: dict[str, _Pile] = {}
    unclaimed = [*map(_left, seen.leftover), *seen.unclear]
    claims, beside = _claims(seen.handins, roster, wanted)
    for handin, answer in claims:
        for person in answer.people or (None,):
            if person is None and handin.is_loose:
                unclaimed.append(handin)
                continue
            key = person.id if person else _unknown_key(handin, roster)
            pile = piles.setdefault(key, _Pile(key, handin.name, answer.by, person))
            pile.handins.append(handin)
            pile.answers[handin.key] = answer
    for handin, person in beside:
        piles[person.id].aside.append(handin)
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
        alone=_alone(piles.values()),
    )


def _claims(
    handins: Sequence[Handin], roster: Roster | None, wanted: Wanted
) -> tuple[list[_Claim], list[tuple[Handin, Person]]]:
    """Whose each hand-in is; and whose it is that lies beside what their team handed in.

    What bears the name of a team that is called after a member is the team's, unless one of that
    member's mates hands in alone.
    """
    if roster is None:
        return [(handin, owners(handin, None, wanted)) for handin in handins], []
    named = _named_in_full(handins, roster)
    claims = [(handin, owners(handin, roster, wanted)) for handin in named]
    if not any(answer.is_teams for _, answer in claims):
        return claims, []
    own = [(handin, one.people[0]) for handin, one in claims if len(one.people) == 1]
    alone = {person.id for handin, person in own if _is_whole(handin, person, wanted)}
    claims = [(handin, _settled(answer, alone)) for handin, answer in claims]
    teams = [one.people for handin, one in claims if one.is_teams and _is_work(handin, wanted)]
    sharing = {person.id for people in teams for person in people} - alone

    def lies_beside(handin: Handin, answer: Answer) -> bool:
        is_own = len(answer.people) == 1 and not answer.is_teams
        return is_own and handin.place is not None and answer.people[0].id in sharing

    beside = [(handin, one.people[0]) for handin, one in claims if lies_beside(handin, one)]
    return [claim for claim in claims if not lies_beside(*claim)], beside


def _settled(answer: Answer, alone: Collection[str]) -> Answer:
    """The team's or its leader's, by whether one of the others hands in alone."""
    if answer.alone and any(mate.id in alone for mate in answer.alone.mates):
        return answer.alone
    return answer


def _is_whole(handin: Handin, owner: Person, wanted: Wanted) -> bool:
    """Whether it is a hand-in by itself, and nothing that may lie beside one."""
    is_alone = not handin.is_loose or is_all(without_task(handin.key, wanted), owner)
    return is_alone and _is_work(handin, wanted)


def _is_work(handin: Handin, wanted: Wanted) -> bool:
    """Whether it holds code, or an archive, and is not called like another assignment."""
    is_code_there = handin.place is not None and holds_code(handin.place)
    return is_code_there and not is_of_another(handin.key, wanted)


def _named_in_full(handins: Sequence[Handin], roster: Roster) -> list[Handin]:
    """The hand-ins, with as much of what all names have in front as is people's own.

    That is what most names of the roster begin with: `Min-` of Min-ji and Min-ho. A name that is
    somebody else's with more of it, or with less, has both `readings`.
    """
    names: dict[str, list[str]] = {}
    for handin in handins:
        if handin.group:
            names.setdefault(handin.group, []).append(handin.name)
    own = {group: _own_part(group, names[group], roster) for group in names}

    def in_full(handin: Handin) -> Handin:
        fit = [end for end in _ends(handin.group) if roster.named(end + handin.name)]
        readings = [replace(handin, name=end + handin.name) for end in fit]
        name = own.get(handin.group, "") + handin.name
        return replace(handin, name=name, readings=tuple(readings) if len(fit) > 1 else ())

    return [in_full(handin) if handin.group else handin for handin in handins]


def _own_part(group: str, names: Sequence[str], roster: Roster) -> str:
    """Nothing, unless the roster has more names with an end of it."""
    return max(_ends(group), key=lambda end: sum(bool(roster.named(end + n)) for n in names))


def _ends(group: str) -> list[str]:
    """The ends of `Group A-Min-`, shortest first: nothing, `Min-`, all."""
    parts = group.split("-")
    return ["-".join(parts[start:]) for start in reversed(range(len(parts)))]


def _unclear(
    piles: Collection[_Pile], leftover: Sequence[Handin], roster: Roster, wanted: Wanted
) -> tuple[Unclear, ...]:
    """What may be that of several people, and what is left over of who has nothing else."""
    without = {pile.id for pile in piles if pile.is_empty}
    strangers = [handin for pile in piles if pile.person is None for handin in pile.handins]

    def may_be(handin: Handin, *, is_left: bool = False) -> Unclear:
        people = tuple(person.id for person in perhaps(handin, roster, wanted))
        return Unclear(shown(handin.label), people, is_outside=is_left and len(people) == 1)

    found = [one for one in map(may_be, strangers) if one.people]
    for handin in leftover:
        one = may_be(handin, is_left=True)
        if not without.isdisjoint(one.people) or (handin.readings and len(one.people) > 1):
            found.append(one)
    found += [one for pile in piles for one in _of_mates(pile, without)]
    return tuple(sorted(found, key=lambda one: one.found))


def _of_mates(pile: _Pile, without: Collection[str]) -> Iterable[Unclear]:
    """What is one person's by an id, and may be the team's of that name: who of it has nothing."""
    for handin in pile.handins:
        mates = pile.answers[handin.key].mates if handin.place else ()
        if people := [mate.id for mate in mates if mate.id in without]:
            yield Unclear(shown(handin.label), tuple(people), owner=pile.id)


def _alone(piles: Collection[_Pile]) -> tuple[str, ...]:
    """Who handed in alone beside the leader whom their team is called after."""
    answers = [answer for pile in piles for answer in pile.answers.values()]
    mates = {mate.id for answer in answers for mate in answer.mates}
    return tuple(sorted(pile.id for pile in piles if pile.id in mates and not pile.is_empty))


def _put_together(piles: Iterable[_Pile], wanted: Wanted) -> list[Handin]:
    """Make one hand-in of the files of one person; what is then nobody's comes back.

    They are a hand-in only where that person has no folder and no archive, whatever others have.
    """
    aside: dict[str, Handin] = {}
    used: set[str] = set()  # by somebody: what a team hands in is that of several
    for pile in piles:
        if pile.person is not None:
            every = {handin.label: handin for handin in pile.handins}
            pile.handins, rest = _of_one(pile.handins, pile.person, wanted)
            pile.aside += rest
            aside |= {handin.label: handin for handin in pile.aside}
            used |= every.keys() - {handin.label for handin in rest}
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
            beside = [handin for handin in main if handin not in exact]
            return [*others, _together([*exact, *rest])], beside
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


def _unknown_key(handin: Handin, roster: Roster | None) -> str:
    """What somebody is called who is not on the roster; never like somebody who is."""
    key = student_name(handin.key)
    return f"{key} ({handin.label})" if roster and roster.by("id", key) else key


def _taken(pile: _Pile, roster: Roster | None, attempts: str, unclear: Sequence[Unclear]) -> Taken:
    handins = sorted(pile.handins, key=lambda handin: handin.attempt or 0)
    if not is_counted(handins):  # an empty place doubles nobody
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


def _name(pile: _Pile) -> str:
    """The roster's, or else the source's: a roster may hold ids alone. A team's is nobody's."""
    if pile.person and (pile.person.name or pile.is_teams):
        return pile.person.name
    return "".join(c for c in pile.name if c.isprintable())


def _ids(pile: _Pile) -> dict[str, str]:
    """What an LMS calls somebody. What a team handed in bears one member's number, or the team's.

    Where two hand-ins bear different numbers, neither says whose they are.
    """
    found: dict[str, str] = {}
    if not pile.is_teams:
        for kind in sorted({kind for handin in pile.handins for kind in handin.ids}):
            values = {handin.ids[kind] for handin in pile.handins if kind in handin.ids}
            if len(values) == 1:
                found[kind] = values.pop()
    return found | (pile.person.ids if pile.person else {})

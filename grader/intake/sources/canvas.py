"""Canvas: a bulk download, zipped or unpacked.

    kimminsu_LATE_12345_678910_hw-1.zip     name, late, user id, attachment id, file
    kimminsu_12345_text.html                a text or a link that was typed in

Canvas numbers a file that is handed in again: `hw.zip`, `hw-1.zip`. Names are those of its
`lib/content_zipper.rb`; a file that was renamed in the browser (`hw (1).zip`) counts as the same.

People choose what they and their files are called. Canvas leaves no number in the middle of a
person's name, so that the user's id is the first number or the second. In one download everybody
has one name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.course.roster import Known
from grader.course.spelling import letters
from grader.intake.handin import Handin, Seen, Wanted
from grader.intake.nodes import Node, Together, stem
from grader.intake.shapes import is_nobodys

_NAME = re.compile(
    r"(?P<name>.+?)(?:_(?P<late>late))?_(?P<user>\d+)_"
    r"(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<typed>(?:text|link)\.html?)$)",
    re.IGNORECASE | re.DOTALL,
)
_AGAIN = re.compile(r"(?:[ _]?\(\d+\)|-\d+)+$")


@dataclass(frozen=True)
class _File:
    """One file of the download."""

    node: Node
    name: str  # the person's
    user: str
    attachment: int
    file: str  # as it was handed in
    late: bool


class _Users:
    """What the roster knows of Canvas' users."""

    def __init__(self, known: Known) -> None:
        people = {person.id: person for own in known.values() for person in own}.values()
        canvas = [person for person in people if "canvas" in person.ids]
        self._names = {person.ids["canvas"]: person.spellings for person in canvas}
        self._others = {n for person in people if person not in canvas for n in person.spellings}

    def has(self, file: _File) -> bool:
        """Whether that user is on the roster."""
        return file.user in self._names

    def calls(self, file: _File) -> bool:
        """Whether it has that user under that name, or somebody whose number it does not know."""
        return letters(file.name) in self._names.get(file.user, self._others)


def recognises(node: Node, wanted: Wanted) -> bool:
    """Whether most names are Canvas' own.

    There a user has one name and each file its number, but for a few who changed their name.
    """
    files = [child for child in node.children if not is_nobodys(child, wanted)]
    parsed = [ways[0] for child in files if (ways := _readings(child))]
    people = {(file.user, file.name) for file in parsed}
    numbers = {(file.attachment, file.user) for file in parsed if file.attachment}
    return (
        len(parsed) * 2 > len(files)
        and len(people) < 2 * len({user for user, _ in people})
        and (not numbers or len(numbers) < 2 * len({number for number, _ in numbers}))
    )


def read(node: Node, wanted: Wanted, known: Known) -> Seen:
    """Each user's files, an attempt at a time."""
    readings = [(child, _readings(child)) for child in node.children]
    leftover = [child.shown for child, ways in readings if not ways]
    chosen = _chosen([ways for _, ways in readings if ways], _Users(known))
    people: dict[str, list[_File]] = {}
    for ways in chosen:
        if len(ways) == 1:
            people.setdefault(ways[0].user, []).append(ways[0])
    unclear = [_unclear(ways) for ways in chosen if len(ways) > 1]
    handins = [
        Handin(
            key=user,
            label=", ".join(file.node.shown for file in attempt),
            place=Together(user, [(_own_name(file, wanted), file.node) for file in attempt]),
            name=attempt[0].name,
            ids={"canvas": user},
            attempt=number,
            late=any(file.late for file in attempt),
            files=tuple(file.node.name for file in attempt),
        )
        for user, files in people.items()
        for number, attempt in enumerate(_attempts(files, wanted), 1)
    ]
    return Seen("canvas", node.shown, handins, leftover, unclear)


def _chosen(files: list[list[_File]], users: _Users) -> list[list[_File]]:
    """Of each file the reading that holds; of one whose user is not clear, all."""
    names: dict[str, set[str]] = {}  # of users, of whom they are certain
    chosen = [ways for ways in files if len(ways) == 1]
    waiting = [ways for ways in files if len(ways) > 1]
    certain = chosen
    while certain:
        for (file,) in certain:
            names.setdefault(file.user, set()).add(file.name)
        narrowed = [(ways, _by_name(ways, names, users)) for ways in waiting]
        certain = [fit for _, fit in narrowed if len(fit) == 1]
        chosen = [*chosen, *certain]
        waiting = [ways for ways, fit in narrowed if len(fit) != 1]
    guesses = [(ways, _by_roster(ways, names, users)) for ways in waiting]
    for _, fit in guesses:
        for file in fit[:1]:
            names.setdefault(file.user, set()).add(file.name)
    for ways, fit in guesses:
        is_clear = len(fit) == 1 and len(names[fit[0].user]) == 1
        chosen.append(fit if is_clear else ways)
    return chosen


def _by_name(ways: list[_File], names: Mapping[str, set[str]], users: _Users) -> list[_File]:
    """The readings whose user may have that name, or does have it."""
    possible = [file for file in ways if file.name in names.get(file.user, {file.name})]
    named = [file for file in possible if file.user in names or users.calls(file)]
    return named if len(named) == 1 else possible


def _by_roster(ways: list[_File], names: Mapping[str, set[str]], users: _Users) -> list[_File]:
    """Where names do not tell: the reading whose user is on the roster; if nobody is, the first."""
    possible = _by_name(ways, names, users)
    there = [file for file in possible if users.has(file)]
    return there or possible[:1]


def _unclear(ways: list[_File]) -> Handin:
    readings = [Handin(f.user, "", None, name=f.name, ids={"canvas": f.user}) for f in ways]
    label = ways[0].node.shown
    return Handin(label, label, None, readings=tuple(readings))


def _readings(node: Node) -> list[_File]:
    """The first, and where the name may end in what that takes for the user, the next."""
    if node.name.startswith("._"):  # what macOS keeps beside a file
        return []
    first = _NAME.match(node.name)
    if first is None:
        return []
    head = node.name[: first.start("user")]
    second = _NAME.match(node.name[len(head) :])
    if second is None or second["name"] != first["user"]:
        return [_file(node, first, "")]
    return [_file(node, first, ""), _file(node, second, head)]


def _file(node: Node, match: re.Match[str], head: str) -> _File:
    attachment = int((match["attachment"] or "0")[:18])
    file = match["file"] or match["typed"]
    is_late = match["late"] is not None
    return _File(node, head + match["name"], match["user"], attachment, file, is_late)


def _attempts(files: list[_File], wanted: Wanted) -> list[list[_File]]:
    """Files in the order in which they came; one that comes again begins another attempt."""
    attempts: list[dict[str, _File]] = [{}]
    for file in sorted(files, key=lambda file: (file.attachment or 1 << 62, file.node.name)):
        name = _first_name(file, wanted)
        if name in attempts[-1] and file.attachment:
            attempts.append({})
        # A text that was typed in has no number: it belongs to the last attempt.
        attempts[-1][name if name not in attempts[-1] else file.node.name] = file
    return [list(attempt.values()) for attempt in attempts]


def _first_name(file: _File, wanted: Wanted) -> str:
    """The name that the file had when it was first handed in."""
    if file.file in wanted.files:
        return file.file.casefold()
    base = stem(file.file)
    return (_AGAIN.sub("", base) + file.file[len(base) :]).casefold()


def _own_name(file: _File, wanted: Wanted) -> str:
    """The name under which the file is read: `text-1.py` is a `text.py` handed in again.

    No module that is imported is called `helpers-1`, so that it must be `helpers`.
    """
    first = _first_name(file, wanted)
    base, is_module = stem(file.file), file.file.endswith(".py")
    own = _AGAIN.sub("", base) + ".py" if is_module else file.file
    return next((name for name in wanted.files if name.casefold() == first), own)

"""Canvas: a bulk download, zipped or unpacked.

    kimminsu_LATE_12345_678910_hw-1.zip     name, late, user id, attachment id, file
    kimminsu_12345_text.html                a text or a link that was typed in

Canvas numbers a file that is handed in again: `hw.zip`, `hw-1.zip`. Names are those of its
`lib/content_zipper.rb`; a file that was renamed in the browser (`hw (1).zip`) counts as the same.

People choose what they and their files are called. Canvas leaves no number in the middle of a
person's name, so that the user's id is the first number or the second.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from grader.intake.entries import MAX_NAME
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


def recognises(node: Node, wanted: Wanted) -> bool:
    """Whether most names are Canvas' own.

    There a user has one name and each file its number, but for a few who changed their name.
    """
    files = [child for child in node.children if not is_nobodys(child, wanted)]
    parsed = [file for child in files if (file := _parse(child, ()))]
    people = {(file.user, file.name) for file in parsed}
    numbers = {(file.attachment, file.user) for file in parsed if file.attachment}
    return (
        len(parsed) * 2 > len(files)
        and len(people) < 2 * len({user for user, _ in people})
        and (not numbers or len(numbers) < 2 * len({number for number, _ in numbers}))
    )


def read(node: Node, wanted: Wanted, known: Collection[str]) -> Seen:
    """Each user's files, an attempt at a time."""
    people: dict[str, list[_File]] = {}
    leftover = []
    for child in node.children:
        if file := _parse(child, known):
            people.setdefault(file.user, []).append(file)
        else:
            leftover.append(child.shown)
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
    return Seen("canvas", node.shown, handins, leftover)


def _parse(node: Node, known: Collection[str]) -> _File | None:
    """What a file's name says.

    Where more than one user could be meant, as in `group_3_12345_678_hw.zip`, the one on the roster
    is; nobody where both are there; else the first.
    """
    if node.name.startswith("._"):  # what macOS keeps beside a file
        return None
    readings = list(_readings(node))
    on_roster = [file for file in readings if file.user in known]
    if len(on_roster) > 1:
        return None
    return next(iter(on_roster or readings), None)


def _readings(node: Node) -> Iterator[_File]:
    """The first, and where the name may end in what that takes for the user, the next."""
    first = _NAME.match(node.name) if len(node.name) <= MAX_NAME else None
    if first is None:
        return
    yield _file(node, first, "")
    head = node.name[: first.end("name") + 1]
    second = _NAME.match(node.name[len(head) :])
    if second and second["name"] == first["user"]:
        yield _file(node, second, head)


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

"""Brightspace (D2L): a bulk download, zipped or unpacked, with a folder for each attempt.

    12345-678910 - 홍길동 - Mar 3, 2027 1101 PM/hw.zip       user, assignment, name, when
    12345-678910 - 홍길동 - Mar 3, 2027 1101 PM - hw.zip     the same without folders

The user's number is in nothing that a roster is made of: who it is, the name says. What somebody
renamed, so that it bears an id, is read like any folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.course.roster import Known
from grader.intake.handin import Handin, Seen, Wanted
from grader.intake.nodes import Node, Together
from grader.intake.shapes import are_mostly_named
from grader.intake.sources import folders

_NAME = re.compile(
    r"(?P<user>\d+)-\d+ - (?P<name>.+?) - (?P<when>[^-]*\b\d{4}\b[^-]*?)(?: - (?P<file>.+))?$",
    re.DOTALL,
)
_WHEN = re.compile(
    r"(?P<month>[a-z]{3})[a-z]*\.? (?P<day>\d\d?), (?P<year>\d{4}) "
    r"(?P<hour>\d\d?):?(?P<minute>\d\d) (?P<half>[ap]m)$",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_Part = tuple[re.Match[str], Node]


def recognises(node: Node, wanted: Wanted) -> bool:
    """Whether most names are Brightspace's own."""
    return are_mostly_named(node, _NAME, wanted)


def read(node: Node, wanted: Wanted, known: Known) -> Seen:
    """Each user's attempts, ordered by time."""
    people: dict[str, dict[str, list[_Part]]] = {}
    rest: list[Node] = []
    for child in node.children:
        if match := _NAME.match(child.name):
            people.setdefault(match["user"], {}).setdefault(match["when"], []).append(
                (match, child)
            )
        else:
            rest.append(child)
    others = folders.read(
        Together(node.name, [(child.name, child) for child in rest]), wanted, known
    )
    handins = [
        _handin(user, attempts[when], number)
        for user, attempts in people.items()
        for number, when in _in_order(attempts)
    ]
    return Seen("brightspace", node.shown, [*handins, *others.handins], others.leftover)


def _in_order(whens: Iterable[str]) -> Iterable[tuple[int | None, str]]:
    """With the number of each; without, where one date is in a form that we cannot read."""
    moments = {when: _moment(when) for when in whens}
    known = sorted((moment, when) for when, moment in moments.items() if moment)
    if len(known) < len(moments):
        return [(None, when) for when in moments]
    return [(number, when) for number, (_, when) in enumerate(known, 1)]


def _moment(when: str) -> tuple[int, ...] | None:
    match = _WHEN.match(when)
    if match is None or match["month"].casefold() not in _MONTHS:
        return None
    month = _MONTHS.index(match["month"].casefold())
    hour = int(match["hour"]) % 12 + (12 if match["half"].casefold() == "pm" else 0)
    return int(match["year"]), month, int(match["day"]), hour, int(match["minute"])


def _handin(user: str, parts: list[_Part], number: int | None) -> Handin:
    match, node = parts[0]
    files = [(match["file"] or child.name, child) for match, child in parts]
    return Handin(
        key=user,
        label=", ".join(child.shown for _, child in parts),
        place=node if len(parts) == 1 and node.is_folder else Together(user, files),
        name=match["name"],
        ids={"brightspace": user},
        attempt=number,
    )

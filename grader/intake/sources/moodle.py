"""Moodle: a bulk download, zipped or unpacked, with or without a folder for each person.

    Kim Minsu_123457_assignsubmission_file_/hw.zip      since 4.1 without the last "_"
    Kim Minsu_123457_assignsubmission_onlinetext_/      a text that was typed in
    Kim Minsu_123457_assignsubmission_file_hw.zip       "download in folders" is off

The number is that of the worksheet's `Identifier`, `Participant 123457`. In the download of one
group every name begins with the group's: `Group A-Kim Minsu`. Names: `mod/assign/locallib.php`.

People choose what they and their files are called: a name in which two numbers stand is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from grader.intake.handin import Handin, Seen, Wanted
from grader.intake.nodes import Node, Together
from grader.intake.shapes import are_mostly_named

# "._Kim_7_assignsubmission_file_hw.zip" is what macOS keeps beside a file
_NAME = re.compile(
    r"(?!\._)(?P<name>.*?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?$"
)

_NUMBER = re.compile(r"_(\d+)_assignsubmission_[a-z]+(?=_|$)")

_BLIND = {"Participant", "참가자"}  # who is marked without their name


def recognises(node: Node, wanted: Wanted) -> bool:
    """Whether most names are Moodle's own."""
    return are_mostly_named(node, _NAME, wanted)


def read(node: Node, wanted: Wanted, known: Collection[str]) -> Seen:  # noqa: ARG001 - one interface
    """Each participant's files and typed text together."""
    people: dict[str, list[tuple[re.Match[str], Node]]] = {}
    leftover, unclear = [], []
    for child in node.children:
        match = _NAME.match(child.name)
        if match is None:
            leftover.append(child.shown)
        elif len(set(_NUMBER.findall(child.name))) > 1:
            unclear.append(_unclear(child))
        else:
            people.setdefault(match["id"], []).append((match, child))
    group = _group([parts[0][0]["name"] for parts in people.values()])
    handins = [_handin(key, parts, group) for key, parts in people.items()]
    return Seen("moodle", node.shown, handins, leftover, unclear)


def _unclear(node: Node) -> Handin:
    """What may be anybody's whose number stands in its name."""
    readings = [
        Handin(match[1], "", None, name=node.name[: match.start()], ids={"moodle": match[1]})
        for match in _NUMBER.finditer(node.name)
    ]
    return Handin(node.shown, node.shown, None, readings=tuple(readings))


def _group(names: list[str]) -> str:
    """The name of the group, "Group A-", which all have in front."""
    if len(names) < 2:
        return ""
    first = names[0]
    heads = [first[: at + 1] for at, letter in enumerate(first) if letter == "-"]
    common = [head for head in heads if all(name.startswith(head) for name in names)]
    return max(common, key=len, default="")


def _handin(key: str, parts: list[tuple[re.Match[str], Node]], group: str) -> Handin:
    named = [
        (child.name if own else match["file"] or node.name, child)
        for match, node in parts
        for own in [node.is_folder]
        for child in (node.children if own else [node])
    ]
    name = parts[0][0]["name"].removeprefix(group)
    is_blind = name in _BLIND
    return Handin(
        key=key,
        label=", ".join(node.shown for _, node in parts),
        place=_alone(parts) or Together(key, named),
        name="" if is_blind else name,
        group="" if is_blind else group,
        ids={"moodle": key},
    )


def _alone(parts: list[tuple[re.Match[str], Node]]) -> Node | None:
    """The folder, where it is all there is."""
    node = parts[0][1]
    return node if len(parts) == 1 and node.is_folder else None

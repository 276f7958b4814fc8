"""Gradescope: "Export submissions", zipped or unpacked.

    assignment_42_export/submission_metadata.yml     who handed in what, and when
    assignment_42_export/submission_1001/text.py

The keys are Ruby's symbols (`:submitters:`). A submission of a group counts for each of its
members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from grader.errors import UsageError
from grader.intake.entries import Budget, shown
from grader.intake.handin import Handin, Seen, Wanted
from grader.intake.nodes import Node
from grader.intake.shapes import METADATA

_MAX_BYTES = 256 << 20
_MAX_DEPTH = 100
_STARTS = {"SequenceStartEvent", "MappingStartEvent"}
_ENDS = {"SequenceEndEvent", "MappingEndEvent"}


def recognises(node: Node, wanted: Wanted) -> bool:  # noqa: ARG001 - one interface
    """Whether the metadata is there."""
    return _metadata(node) is not None


def read(node: Node, wanted: Wanted, known: Collection[str]) -> Seen:  # noqa: ARG001 - as above
    """Each submitter's submissions, ordered by time; a folder that the metadata omits too."""
    file = _metadata(node)
    described = _parsed(file) if file else {}
    people: dict[tuple[str, ...], list[tuple[str, int, str]]] = {}
    for folder, entry in described.items():
        moment = str(entry.get(":created_at", ""))
        for person in _submitters(entry) or [("", "", folder)]:
            people.setdefault(person, []).append((moment, len(folder), folder))
    numbers = Counter(sid for sid, _, _ in people)
    clear = {sid for sid in numbers if sid and numbers[sid] == 1}
    handins = [
        Handin(
            key=sid if sid in clear else email or name or folder,
            label=shown(f"{folder}/"),
            place=node.child(folder),
            name=name,
            ids=dict.fromkeys(("id", "sis"), sid) | mail if sid in clear else mail,
            attempt=number,
            record=_record(described[folder]),
        )
        for (sid, email, name), submissions in people.items()
        for mail in [{"email": email} if email else {}]
        for number, (_, _, folder) in enumerate(sorted(submissions), 1)
    ]
    others = [c for c in node.children if c.name not in described and c is not file]
    handins += [Handin(c.name, c.shown, c) for c in others if c.name.startswith("submission_")]
    leftover = [c.shown for c in others if not c.name.startswith("submission_")]
    return Seen("gradescope", node.shown, handins, leftover)


def _metadata(node: Node) -> Node | None:
    return next((c for c in node.children if c.name in METADATA and not c.is_folder), None)


def _parsed(file: Node) -> dict[str, dict[str, Any]]:
    """Folder -> what is said of it. Raises `UsageError`."""
    try:
        import yaml
    except ImportError:
        raise UsageError("error.no_yaml") from None
    # Names in it are students' own. The base loader knows strings, lists and tables and makes no
    # other object, whatever a tag says; a student number 0123 stays what it is.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        text = Budget(_MAX_BYTES).read(file.entry(file.name)).decode("utf-8-sig")
        _refuse_depth(yaml.parse(text, Loader=loader))
        data = yaml.load(text, Loader=loader)  # noqa: S506
    except Exception as error:  # of the disk, the zip, the encoding or YAML
        reason = str(error).partition("\n")[0]
        raise UsageError("error.metadata", file=file.name, reason=reason) from None
    if not isinstance(data, dict):
        raise UsageError("error.metadata", file=file.name, reason=type(data).__name__)
    return {str(k): v for k, v in data.items() if isinstance(v, dict)}


def _refuse_depth(events: Iterable[Any]) -> None:
    """PyYAML's fast loader calls itself for each level, until the interpreter crashes."""
    depth = 0
    for event in events:
        kind = type(event).__name__
        depth += (kind in _STARTS) - (kind in _ENDS)
        if depth > _MAX_DEPTH:
            raise ValueError("it is nested too deeply")


def _submitters(entry: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Student number, address and name of each."""
    given = entry.get(":submitters")
    people = [p for p in given if isinstance(p, dict)] if isinstance(given, list) else []
    return [(_text(p, ":sid"), _text(p, ":email"), _text(p, ":name")) for p in people]


def _record(entry: dict[str, Any]) -> str:
    """The record in the results, if our autograder made them (`grader.export.gradescope`)."""
    place: Any = entry
    for key in ("results", "extra_data", "grader"):
        place = place.get(f":{key}", place.get(key)) if isinstance(place, dict) else None
    return place if isinstance(place, str) else ""


def _text(person: dict[str, Any], key: str) -> str:
    value = person.get(key)
    return value.strip() if isinstance(value, str) else ""

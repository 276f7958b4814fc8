"""Output folders of the parts of a class to one: `grader merge OUT... -o OUT`.

Everything is read and compared before anything is written. What was graded by other checks or
settings stays apart, and of two different records of one student none is chosen: both would be a
guess. A record that nothing was handed in gives way to one of a hand-in, and one that needs
regrading to one with a score. What people decided in the gradebook comes along. Merging again
changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.errors import PlatformError, UsageError
from grader.grading.batch import only_grader
from grader.grading.known import Known, seen
from grader.json_file import Damaged, read_json
from grader.records import decisions, digests, people, store
from grader.records.brief import Brief
from grader.records.decisions import Decisions
from grader.records.layout import Out
from grader.records.record import Record, Status
from grader.report.results import Results, begun

_SCORE = 2  # what a record with a score says; less gives way to it


@dataclass(frozen=True)
class Merged:
    """What came of one assignment."""

    assignment: str
    records: int
    written: int  # of them; the others lay there already
    without: tuple[str, ...]  # ids of the intake that have no record


@dataclass
class _Part:
    """One assignment, as far as the folders that were read say."""

    first: Results
    where: Path  # the folder of `first`
    graded_by: tuple[str, str] | None = None  # hashes of checks and settings
    records: dict[str, tuple[Path, Status]] = field(default_factory=dict)  # by student
    intake: dict[str, Any] = field(default_factory=dict)
    known: dict[Path, Known] = field(default_factory=dict)  # by folder of the records


@dataclass(frozen=True)
class _Read:
    """What lies in all the folders, where it fits together."""

    parts: list[_Part]
    roster: str | None
    decided: Decisions


def merge(folders: Sequence[Path], out: Path) -> list[Merged]:
    """Write the results of all `folders` into `out`, beside those that are there already.

    Raises `UsageError` where they do not fit together, and writes no result then; and where
    somebody else writes into `out`, whose results would be read in part.
    """
    if not out.exists():
        read = _read(folders)
        with only_grader(out):
            if begun(out):  # by somebody who was here first
                raise UsageError("error.output_busy", folder=out)
            return _write_all(read, out)
    with only_grader(out):
        own = [out] if Out(out).assignments() else []
        return _write_all(_read([*own, *folders]), out)


def _read(folders: Sequence[Path]) -> _Read:
    parts: dict[str, _Part] = {}
    for folder in folders:
        parts_of_folder = begun(folder)
        if not parts_of_folder:
            raise UsageError("report.nothing_graded", folder=folder)
        for results in parts_of_folder:
            part = parts.setdefault(results.snapshot.id, _Part(results, folder))
            _take(part, results, folder)
    decided, roster = _decided(folders), _roster(folders)
    if roster is None:
        return _Read(list(parts.values()), None, decided)
    _refuse_strangers(parts.values(), folders, roster)
    return _Read(list(parts.values()), roster.read_text(encoding="utf-8"), decided)


def _write_all(read: _Read, out: Path) -> list[Merged]:
    if read.roster is not None:
        store.write_atomically(Out(out).roster, read.roster)
    if read.decided.database:
        decisions.save(out, read.decided)
    return [_write(part, Out(out)) for part in read.parts]


def _take(part: _Part, results: Results, folder: Path) -> None:
    """Add what one folder has of an assignment."""
    declared = (results.snapshot, results.mistakes)
    if declared != (part.first.snapshot, part.first.mistakes):
        raise UsageError("error.merge_assignment", one=part.where, other=folder, name=_id(part))
    known = Known.of(folder, _id(part), readonly=True)
    part.known[Out(folder).records(_id(part))] = known
    for path in results.files:
        row = known.get(path)
        found = results.record(path, store.content(path)) if row is None else row.brief
        graded_by = (found.checks_sha256, found.settings_sha256)
        part.graded_by = part.graded_by or graded_by
        if graded_by != part.graded_by:
            raise UsageError("error.merge_checks", one=part.where, other=path, name=_id(part))
        _add(part, found, path)
    intake = Out(folder).intake(_id(part))
    if intake.exists():
        part.intake = _together(part.intake, _table(intake))


def _add(part: _Part, record: Record | Brief, path: Path) -> None:
    known = part.records.get(record.student)
    if known is None or _says(known[1]) < _says(record.status):
        part.records[record.student] = (path, record.status)
    elif _says(known[1]) == _SCORE == _says(record.status) and store.content(
        known[0]
    ) != store.content(path):
        raise UsageError("error.merge_student", student=record.student, one=known[0], other=path)


def _says(status: Status) -> int:
    """How much a record of this status says."""
    return {Status.MISSING: 0, Status.BROKEN: 1}.get(status, _SCORE)


def _write(part: _Part, out: Out) -> Merged:
    name, own = _id(part), Out(part.where)
    for place in (Out.assignment, Out.mistakes):
        table = place(own, name)
        if table.exists():  # an earlier grader knew no mistakes
            store.write_atomically(place(out, name), table.read_bytes())
    if part.intake:
        text = json.dumps(part.intake, ensure_ascii=False, indent=1)
        store.write_atomically(out.intake(name), text + "\n")
    written = 0
    with closing(Known.of(out.root, name)) as known:
        for path, _ in part.records.values():
            target = out.records(name) / path.name
            content = store.content(path)
            if not target.exists() or store.content(target) != content:
                store.write_atomically(target, content)
                written += 1
            row = part.known[path.parent].get(path)
            if row and row.content == digests.digest(content) and not known.get(target):
                known.note(target, replace(row, file=seen(target)))
    for read in part.known.values():
        read.close()
    expected = [person["id"] for person in part.intake.get("people", ())]
    without = tuple(person for person in expected if person not in part.records)
    return Merged(name, len(part.records), written, without)


def _id(part: _Part) -> str:
    return part.first.snapshot.id


def _together(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two tables of who handed in what. Who did in one of them, did."""
    if not one or one == other:
        return other
    everybody = {person["id"]: person for person in one["people"]}
    for person in other["people"]:
        if everybody.get(person["id"], {}).get("status", "missing") == "missing":
            everybody[person["id"]] = person
    return {
        **one,
        "where": ", ".join(_each_once(f"{one['where']}, {other['where']}".split(", "))),
        "people": [everybody[name] for name in sorted(everybody)],
        "leftover": _each_once([*one["leftover"], *other["leftover"]]),
        "unclear": list(
            {u["found"]: u for t in (one, other) for u in t.get("unclear", ())}.values()
        ),
    }


def _roster(folders: Iterable[Path]) -> Path | None:
    """The roster, which is the same wherever there is one."""
    found: dict[str, Path] = {}
    for folder in folders:
        path = Out(folder).roster
        if path.exists():
            found.setdefault(path.read_text(encoding="utf-8"), path)
    if len(found) > 1:
        one, other = list(found.values())[:2]
        raise UsageError("error.merge_roster", one=one, other=other)
    return next(iter(found.values()), None)


def _refuse_strangers(parts: Iterable[_Part], folders: Sequence[Path], roster: Path) -> None:
    """Who was graded without the roster and is not on it would be in no list of scores."""
    without = [folder for folder in folders if not Out(folder).roster.exists()]
    for part in parts:
        enrolled = people.load(roster.parent, _id(part))
        for folder in without:
            own = Out(folder).records(_id(part))
            graded = [student for student, (path, _) in part.records.items() if path.parent == own]
            if strangers := sorted(filter(enrolled.has_left, graded)):
                fields = {"one": roster, "other": folder, "names": ", ".join(strangers)}
                raise UsageError("error.merge_no_roster", **fields)


def _decided(folders: Iterable[Path]) -> Decisions:
    """What people decided in the one gradebook of all folders that have any."""
    together, first = Decisions(""), Path()
    for folder in folders:
        found = decisions.load(folder)
        if not found.database:
            continue
        if not together.database:
            together, first = found, folder
        agrees = found.database == together.database
        for assignment, students in found.assignments.items():
            known = together.assignments.setdefault(assignment, {})
            agrees &= all(known.setdefault(name, own) == own for name, own in students.items())
        if not agrees:
            raise UsageError("error.merge_gradebook", one=first, other=folder)
    return together


def _table(path: Path) -> dict[str, Any]:
    """What `Intake.to_json` wrote. Raises `PlatformError` when it is damaged."""

    def whole(data: Any) -> dict[str, Any]:
        [person["id"] for person in data["people"]], data["where"], data["leftover"]
        {one["found"]: one["people"] for one in data.get("unclear", ())}
        return dict(data)

    try:
        return read_json(path, whole)
    except Damaged as error:
        raise PlatformError("error.record_unreadable", file=path, reason=error) from error


def _each_once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))

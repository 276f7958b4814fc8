"""`grader verify`: the proof that the checks of an assignment are fair and sharp.

    reference   full marks            template   nothing, every check 'not yet'
    variants    full marks: other right solutions, whole files that replace the reference's
    mutants     lose points in the exercises they name, and in no other
    checks      each is failed by some mutant

For a mutant only the exercises that its files can reach are run: one that it names up to the first
check that is lost, of the others no heavy check, and of those of other files only quick ones.
`--full` runs everything, and only then a check that no mutant fails is a fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.authoring import template
from grader.authoring.release import in_memory, refuse_scoring
from grader.course.assignment import Assignment
from grader.course.folder import Course
from grader.course.toml import Table
from grader.errors import AssignmentInvalid, ReleaseRefused
from grader.grading.engines.local import grade_all
from grader.grading.worker import Job
from grader.records.outcome import Outcome
from grader.records.record import Record, Status
from grader.records.store import write_atomically

HEAVY = 0.4  # seconds: what takes the reference longer is not run for each mutant


@dataclass(frozen=True)
class Candidate:
    """A package to be graded, and what must come out."""

    kind: str  # "reference", "template", "variant", "mutant"
    name: str
    why: str
    files: dict[str, bytes]
    loses: tuple[str, ...]  # exercises that must lose points; of all others none may
    exercises: tuple[str, ...]  # to be run; empty: all
    until_first_loss: tuple[str, ...] = ()  # of these, only up to the first failed check
    without_checks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """How a candidate came out. `faults` is empty when it is as it must be."""

    candidate: Candidate
    record: Record
    faults: list[str]


def candidates(course: Course, assignment: Assignment, *, full: bool) -> list[Candidate]:
    """Reference, template, variants and mutants of an assignment."""
    stubs = template.build(course, assignment)
    reference = reference_files(course, assignment)
    names = set(reference)
    template_files = {name: text.encode() for name, text in stubs.items() if name in names}
    exercises = tuple(exercise.id for exercise in assignment.exercises)
    return [
        Candidate("reference", "reference", "", reference, (), ()),
        Candidate("template", "template", "", template_files, exercises, ()),
        *_variants(assignment, reference),
        *_mutants(assignment, reference, full=full),
    ]


def verify(assignment: Assignment, chosen: list[Candidate], workers: int) -> Iterator[Verdict]:
    """Grade every candidate and compare, in any order."""
    jobs = {candidate.name: candidate for candidate in chosen}
    work = [
        Job(in_memory(c.name, c.files), c.exercises, c.until_first_loss, c.without_checks)
        for c in chosen
    ]
    for job, record in grade_all(assignment, work, workers):
        candidate = jobs[job.submission.student]
        yield Verdict(candidate, record, _faults(assignment, candidate, record))


def never_failed(assignment: Assignment, verdicts: list[Verdict]) -> list[str]:
    """The checks that no mutant was seen to fail: as far as is known they catch nothing.

    Where a mutant's exercise ends with its first lost check, one that stands behind may only never
    have been asked; when everything was run, there is no such excuse.
    """
    failed = {
        check.id
        for verdict in verdicts
        if verdict.candidate.kind == "mutant"
        for exercise in verdict.record.exercises
        for check in exercise.checks
        if check.outcome not in {"passed", "skipped"}
    }
    return [c.id for e in assignment.exercises for c in e.checks if c.id not in failed]


def store_timings(assignment: Assignment, record: Record) -> None:
    """Keep what the reference needed for each check: the limits follow from it."""
    seconds = {c.id: round(c.seconds + 0.0005, 3) for e in record.exercises for c in e.checks}
    write_atomically(assignment.folder / "timings.json", json.dumps(seconds, indent=1) + "\n")


def reference_files(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """The solved package."""
    folder = course.reference(assignment)
    names = ["__init__.py", *(file.name for file in assignment.files)]
    return {name: (folder / name).read_bytes() for name in names}


def _variants(assignment: Assignment, reference: dict[str, bytes]) -> Iterator[Candidate]:
    for folder in sorted((assignment.folder / "variants").glob("*/")):
        table = Table.read(folder / "variant.toml")
        why = table.string("why")
        table.done()
        own = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.py")}
        if not own.keys() & reference.keys():
            files = ", ".join(reference)
            raise AssignmentInvalid("error.variant_without_file", folder=folder, files=files)
        yield Candidate("variant", f"variant {folder.name}", why, {**reference, **own}, (), ())


def _mutants(
    assignment: Assignment, reference: dict[str, bytes], *, full: bool
) -> Iterator[Candidate]:
    ids = [exercise.id for exercise in assignment.exercises]
    for path in sorted((assignment.folder / "mutants").glob("*.toml")):
        table = Table.read(path)
        why, loses = table.string("why"), table.some("loses", ids)
        files = dict(reference)
        changed = set()
        for change in table.tables("change", required=True):
            file = change.choice("file", list(reference))
            files[file] = replace_once(
                path, files[file], change.string("find"), change.string("replace")
            )
            changed.add(file)
            change.done()
        table.done()
        name = f"mutant {path.stem}"
        if full:
            yield Candidate("mutant", name, why, files, loses, ())
        else:
            reach, heavy = _reach(assignment, changed, loses), _heavy(assignment, loses)
            yield Candidate("mutant", name, why, files, loses, reach, loses, heavy)


def replace_once(path: Path, content: bytes, find: str, replacement: str) -> bytes:
    """One text for another that must stand there once. `path` is who asks, for the error."""
    text = content.decode()
    if text.count(find) != 1:
        raise AssignmentInvalid("error.mutant_text", file=path, count=text.count(find), text=find)
    return text.replace(find, replacement).encode()


def _reach(assignment: Assignment, changed: set[str], loses: tuple[str, ...]) -> tuple[str, ...]:
    """The exercises to run for a mutant that changed these files."""
    return tuple(
        e.id
        for e in assignment.exercises
        if e.file in changed or e.id in loses or (changed & set(e.uses) and e.measured < HEAVY)
    )


def _heavy(assignment: Assignment, loses: tuple[str, ...]) -> frozenset[str]:
    """The checks that are left out of exercises that must not lose."""
    others = [e for e in assignment.exercises if e.id not in loses]
    return frozenset(c.id for e in others for c in e.checks if c.measured > HEAVY)


def _faults(assignment: Assignment, candidate: Candidate, record: Record) -> list[str]:
    if candidate.kind == "template" and record.status == Status.GRADED:
        try:
            refuse_scoring(assignment, record)
        except ReleaseRefused as refusal:
            return [str(refusal)]
        return []
    if record.status != Status.GRADED:  # nothing was run, so nothing is proved
        reason = record.problem.fields.get("reason", record.problem.code) if record.problem else ""
        return [f"{record.status}: {reason}"]
    faults = []
    for exercise in record.exercises:
        bad = [f"{c.id} ({c.outcome})" for c in exercise.checks if c.outcome != Outcome.PASSED]
        if bad and exercise.id not in candidate.loses:
            faults.append(f"{exercise.id}: {', '.join(bad)}")
        if not bad and exercise.id in candidate.loses:
            faults.append(f"{exercise.id}: -")
    missing = set(candidate.loses) - {exercise.id for exercise in record.exercises}
    return faults + [f"{name}: not run" for name in sorted(missing)]

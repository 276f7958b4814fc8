"""`grader verify`: the proof that the checks of an assignment are fair, sharp and calibrated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from grader.authoring import calibration, entered
from grader.authoring.candidates import Candidate, Role, narrowed
from grader.authoring.release import refuse_scoring
from grader.course import check_files
from grader.course.assignment import Assignment
from grader.errors import ReleaseRefused
from grader.grading.engines.engine import Engine
from grader.grading.proofs import Way
from grader.grading.worker import Job
from grader.intake.read import Submission
from grader.records.outcome import Outcome
from grader.records.record import MOST_OF_AN_ERROR, CheckResult, Record, Status
from grader.records.store import write_atomically

ENOUGH = 10  # mutants: for fewer it does not pay to grade the reference once more
_ANNOUNCING = "reference, announcing"


@dataclass(frozen=True)
class Verdict:
    """How a candidate came out. `faults` is empty when it is as it must be."""

    candidate: Candidate
    record: Record
    faults: list[str]

    @property
    def loss(self) -> calibration.Loss | None:
        """What a mutant costs; None for anything else."""
        bug = self.candidate.bug
        return calibration.loss_of(self.candidate.name, bug, self.record) if bug else None


def verify(assignment: Assignment, chosen: list[Candidate], engine: Engine) -> Iterator[Verdict]:
    """Grade every candidate and compare, in any order.

    The reference that announces its functions comes first. What is graded before its record is
    there is run in full.
    """
    seen: dict[str, frozenset[str]] = {}
    by_label = {candidate.label: candidate for candidate in chosen}
    reference = assignment.reference_files()
    files, functions = entered.announcing(reference)

    def work() -> Iterator[Job]:
        if sum(candidate.bug is not None for candidate in chosen) >= ENOUGH:
            yield Job(Submission.in_memory(_ANNOUNCING, files), way=Way.APART)
        for whole in chosen:
            c = narrowed(assignment, reference, whole, seen)
            submission = Submission.in_memory(c.label, c.files)
            yield Job(
                submission,
                c.exercises,
                c.without_checks,
                noted=c.role == Role.VARIANT,
                prove_steady=c.role == Role.REFERENCE,
                way=c.way,
            )

    for graded in engine.grade_all(assignment, work()):
        label, record = graded.job.submission.student, graded.record
        if label == _ANNOUNCING:
            seen |= entered.entered(assignment, record, functions)
        else:
            yield Verdict(by_label[label], record, _faults(assignment, by_label[label], record))


def never_failed(assignment: Assignment, verdicts: list[Verdict]) -> list[str]:
    """The checks that no mutant was seen to fail: as far as is known they catch nothing.

    Where checks were left out, one may only never have been asked; when everything was run,
    there is no such excuse.
    """
    failed = {
        check.id
        for verdict in verdicts
        if verdict.candidate.role == Role.MUTANT
        for exercise in verdict.record.exercises
        for check in exercise.checks
        if check.outcome not in {Outcome.PASSED, Outcome.SKIPPED}
    }
    return [c.id for e in assignment.exercises for c in e.checks if c.id not in failed]


def store_timings(assignment: Assignment, record: Record) -> None:
    """Keep what the reference needed for each check: the limits follow from it."""
    seconds = {c.id: round(c.seconds + 0.0005, 3) for e in record.exercises for c in e.checks}
    text = json.dumps(seconds, indent=1) + "\n"
    write_atomically(assignment.folder / check_files.TIMINGS, text)


def _faults(assignment: Assignment, candidate: Candidate, record: Record) -> list[str]:
    if candidate.role == Role.TEMPLATE and record.status == Status.GRADED:
        try:
            refuse_scoring(assignment, record)
        except ReleaseRefused as refusal:
            return [str(refusal)]
        return []
    if record.status != Status.GRADED:  # nothing was run, so nothing is proved
        return [f"{record.status}: {_reason(record)}"]
    if candidate.bug:
        return calibration.faults(candidate.bug, record)
    if candidate.role == Role.ANSWER:
        return _earned(record)
    return [
        f"{check.id} ({check.outcome}){_found(check)}"
        for exercise in record.exercises
        for check in exercise.checks
        if check.outcome != Outcome.PASSED
    ]


def _reason(record: Record) -> str:
    """Why nothing is proved: what keeps all from being graded, or what checks raised themselves."""
    if record.problem is not None:
        return record.problem.fields.get("reason", record.problem.code)
    return "; ".join(f"{name}: {error}" for name, error in record.raised.items())


def _found(check: CheckResult) -> str:
    """In a line what a check found: a mistake in the check itself shows there, too."""
    lines = check.detail.strip().splitlines() or [""]
    line = lines[-1 if check.outcome == Outcome.RAISED else 0]  # at its end a traceback has it
    return f": {line[:MOST_OF_AN_ERROR]}" if line else ""


def _earned(record: Record) -> list[str]:
    """What a universal answer earns, and by which checks."""
    found = []
    for exercise in record.exercises:
        for function in exercise.functions:
            if function.points:
                passed = [
                    check.id
                    for check in exercise.checks_of(function.name)
                    if check.outcome == Outcome.PASSED or check.passes_with
                ]
                found.append(f"{function.name} earns {function.points:g} ({', '.join(passed)})")
    return found

"""What came of a check, and of a submission: results and records, from what was run or was not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from grader.boundary.requirements import lacking
from grader.checking.answers import size
from grader.checking.outcomes import Judged
from grader.checking.plugin import Case
from grader.course.assignment import Assignment
from grader.course.exercise import Check
from grader.errors import GraderError
from grader.grading.environment import environment
from grader.intake.handin import Found
from grader.intake.read import Submission, Unread
from grader.records.outcome import Outcome
from grader.records.record import (
    MAX_OUTPUT_SHOWN,
    MISSING,
    CheckResult,
    ExerciseResult,
    Message,
    Record,
    Status,
    SubmittedFile,
)
from grader.scoring.points import totals

MAX_DETAILS = 3
_PLATFORM = "platform"  # the problem of a submission that could not be graded


def result_of(check: Check, cases: list[Case], count: int, output: str) -> CheckResult:
    """What came of a check of `count` cases, of which these were run."""
    passed = sum(case.outcome == Outcome.PASSED for case in cases)
    others = [c.judged.counterexample for c in cases if c.judged.counterexample is not None]
    bad = sorted(
        (case.judged for case in cases if case.outcome != Outcome.PASSED),
        key=lambda judged: judged.outcome != Outcome.BROKEN,
    )
    first = bad[0] if bad else Judged(Outcome.PASSED)
    return CheckResult(
        id=check.id,
        of=check.of,
        kind=check.kind,
        public=check.public,
        outcome=first.outcome,
        seconds=round(sum(case.seconds for case in cases), 4),
        cases=count,
        cases_passed=passed,
        passes_with=[],
        message=first.message,
        detail="\n\n".join(judged.detail for judged in bad[:MAX_DETAILS]),
        output=output[:MAX_OUTPUT_SHOWN],
        traces=[case.judged.trace for case in cases if case.judged.trace is not None],
        counterexample=min(others, key=size, default=None),
    )


def not_run(check: Check, outcome: Outcome, reason: Message) -> CheckResult:
    """The result of a check of which no case was run."""
    return CheckResult(
        id=check.id,
        of=check.of,
        kind=check.kind,
        public=check.public,
        outcome=outcome,
        seconds=0.0,
        cases=0,
        cases_passed=0,
        passes_with=[],
        message=reason,
    )


def record_of(
    assignment: Assignment,
    submission: Submission,
    results: list[ExerciseResult],
    layers: list[str],
    started: datetime,
    seconds: float,
) -> Record:
    """The record: of what was run, of what was handed in, and of what a grade depends on."""
    is_broken = any(result.points is None for result in results)
    problem = submission.problem
    points, extra_points = totals(results)
    return Record(
        assignment=assignment.id,
        student=submission.student,
        status=Status.BROKEN if is_broken else _status(problem),
        points=points,
        possible=assignment.possible,
        extra_points=extra_points,
        extra_possible=assignment.extra_possible,
        problem=problem,
        notes=submission.notes,
        exercises=results,
        source=submission.source,
        files=[
            SubmittedFile(name, len(content), hashlib.sha256(content).hexdigest())
            for name, content in sorted(submission.files.items())
        ],
        ignored=submission.ignored,
        submission_sha256=submission.sha256,
        checks_sha256=assignment.checks_sha256,
        settings_sha256=assignment.settings_sha256,
        environment=environment(),
        layers=layers,
        lacking=lacking(layers) if layers else [],
        started=started.isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
    )


def _status(problem: Message | None) -> Status:
    if problem is None:
        return Status.GRADED
    return Status.MISSING if problem.code == MISSING else Status.UNGRADABLE


def broken_record(assignment: Assignment, submission: Submission, error: GraderError) -> Record:
    """The record of a submission that the platform could not grade: no score, grade again."""
    problem = Message(_PLATFORM, {"reason": str(error)})
    return replace(_broken(unrun(assignment, submission)), problem=problem)


def _broken(record: Record) -> Record:
    return replace(record, status=Status.BROKEN, points=None, extra_points=None)


def unread_record(assignment: Assignment, found: Found, fault: Unread) -> Record:
    """The record of a submission that could not be read: no score, grade again."""
    problem = Message("unread", {"kind": fault.fields["kind"]})
    nothing = Submission.in_memory(found.student, {})
    nothing = replace(nothing, source=fault.fields["file"], problem=problem)
    return _broken(unrun(assignment, nothing))


def is_given_up(record: Record) -> bool:
    """Whether it is one that `broken_record` made."""
    return record.problem is not None and record.problem.code == _PLATFORM


def unrun(assignment: Assignment, submission: Submission) -> Record:
    """The record of a submission in which there is nothing to run: `problem` says why."""
    return record_of(assignment, submission, [], [], datetime.now(UTC), 0.0)

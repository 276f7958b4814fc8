"""What each mutant answers, kept for the diagnosis: `mistakes.json` beside `timings.json`.

A mutant is learnt anew when it, the reference or a check has changed; its words are always those of
its file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from grader.authoring.candidates import Candidate, Role
from grader.authoring.verify import Verdict
from grader.course.assignment import Assignment
from grader.diagnosis import mistakes
from grader.diagnosis.mistakes import Mistake, Signature, case_id
from grader.diagnosis.rule import can_be_named, failing
from grader.records.record import Record, Trace
from grader.records.store import write_atomically


def store(
    assignment: Assignment, candidates: Sequence[Candidate], verdicts: Sequence[Verdict]
) -> list[Mistake]:
    """Bring `mistakes.json` up to date, as far as the verdicts go. Returns what stands there now.

    Without the reference among them nothing new is learnt: it says which answers are right.
    """
    path = assignment.folder / mistakes.FILE
    known = {mistake.name: mistake for mistake in mistakes.load(path)}
    records = {verdict.candidate.label: verdict.record for verdict in verdicts}
    right = _right(records.get(Role.REFERENCE))
    found = []
    for candidate in candidates:
        if candidate.bug is None:
            continue
        current = known.get(candidate.name)
        made_from = _made_from(assignment, candidate)
        record = records.get(candidate.label)
        if right and record and (current is None or current.made_from != made_from):
            current = _learn(candidate, made_from, record, right)
        if current is not None:
            found.append(replace(current, why=candidate.why, tell=candidate.tell))
    found.sort(key=lambda mistake: mistake.name)
    text = mistakes.dump(found)
    if found and (not path.exists() or path.read_text(encoding="utf-8") != text):
        write_atomically(path, text)
    return found


def alike(assignment: Assignment, known: Sequence[Mistake]) -> list[list[str]]:
    """The mistakes that fail public checks and that these cannot tell apart."""
    groups: dict[str, list[str]] = {}
    for mistake in mistakes.seen_by(assignment.public_checks, known):
        key = repr((mistake.functions, sorted(mistake.cases.items())))
        groups.setdefault(key, []).append(mistake.name)
    return [names for names in groups.values() if len(names) > 1]


def untold(assignment: Assignment, known: Sequence[Mistake]) -> tuple[list[str], list[str]]:
    """The mistakes whose words students read only once all is published, and those never read.

    Public checks see them in too little: in nothing, or in one case whose answer is a lone integer,
    a boolean or the name of an error. Of the latter hidden checks see no more.
    """
    seen = mistakes.seen_by(assignment.public_checks, known)
    soon = {mistake.name for mistake in seen if can_be_named(mistake)}
    rest = [mistake for mistake in known if mistake.tell and mistake.name not in soon]
    late = [mistake.name for mistake in rest if can_be_named(mistake)]
    return late, [mistake.name for mistake in rest if mistake.name not in late]


def _learn(
    candidate: Candidate, made_from: str, record: Record, right: Mapping[str, Trace]
) -> Mistake:
    assert candidate.bug is not None
    functions = [candidate.bug.of, *candidate.bug.also]
    checks = [check for exercise in record.exercises for check in exercise.checks]
    cases = {
        case: Signature.of(trace, right.get(case))
        for case, trace in failing(checks, functions).items()
    }
    return Mistake(candidate.name, functions, candidate.why, candidate.tell, made_from, cases)


def _right(reference: Record | None) -> dict[str, Trace]:
    """What the reference answers in each case."""
    return {
        case_id(check.id, trace.case): trace
        for exercise in (reference.exercises if reference else [])
        for check in exercise.checks
        for trace in check.traces
    }


def _made_from(assignment: Assignment, candidate: Candidate) -> str:
    """Committed files hold it: in another form all mutants would be learnt anew."""
    digest = sha256(f"{assignment.checks_sha256} {assignment.settings_sha256} ".encode())
    for name, content in sorted(candidate.files.items()):
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()[:12]

"""What the right programs answer, kept for feedback: `answers.json` beside `mistakes.json`.

Only where reference and variants were all graded: the right answer is the one that all give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.authoring.candidates import Candidate, Role
from grader.authoring.verify import Verdict
from grader.checking import answers
from grader.checking.answers import Noted, Right
from grader.course.assignment import Assignment
from grader.diagnosis.mistakes import case_id
from grader.records.record import Record
from grader.records.store import write_atomically


def store(
    assignment: Assignment, candidates: Sequence[Candidate], verdicts: Sequence[Verdict]
) -> None:
    """Write `answers.json` anew, if these verdicts can say what stands there."""
    records = {v.candidate.label: v.record for v in verdicts if v.candidate.role.is_right}
    wanted = [candidate.label for candidate in candidates if candidate.role.is_right]
    if not records.keys() >= {*wanted} or Role.REFERENCE not in records:
        return
    reference = _answers(records.pop(Role.REFERENCE))
    others = [_answers(record) for record in records.values()]
    cases = {
        case: answers.agreed(own, [other[case] for other in others if case in other])
        for case, own in reference.items()
    }
    path, text = assignment.folder / answers.FILE, answers.dump(assignment, cases)
    # an empty one says of which checks it is, where another would be out of date for good
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if text != before and (before is not None or any(cases.values())):
        write_atomically(path, text)


def _answers(record: Record) -> dict[str, Mapping[str, Right]]:
    return {
        case_id(check.id, trace.case): trace.answers_shown
        for exercise in record.exercises
        for check in exercise.checks
        for trace in check.traces
        if isinstance(trace, Noted)
    }

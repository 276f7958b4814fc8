"""What came of a check, from what came of its cases."""

from types import SimpleNamespace

from grader.checking.outcomes import Judged
from grader.checking.plugin import Case
from grader.course.exercise import Kind
from grader.grading.results import result_of
from grader.records.outcome import Outcome
from grader.records.record import Message


def test_what_a_broken_check_found_begins_with_what_it_raised():
    check = SimpleNamespace(id="f1", of="f", kind=Kind.CORE, public=True)
    cases = [
        Case(Judged(Outcome.FAILED, Message("failed"), f"AssertionError: {n}"), 0.1)
        for n in range(4)
    ]
    cases.append(Case(Judged(Outcome.BROKEN, Message("broken"), "NameError: x\n..."), 0.1))
    result = result_of(check, cases, 5, "")
    assert result.outcome == Outcome.BROKEN
    assert result.message == Message("broken")
    assert result.detail == "NameError: x\n...\n\nAssertionError: 0\n\nAssertionError: 1"

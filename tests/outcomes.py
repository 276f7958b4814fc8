"""Results of checks, made by hand."""

from grader.course.exercise import Kind
from grader.records.outcome import Outcome
from grader.records.record import CheckResult


def check(name, kind="core", outcome="failed", passes_with=()):
    """A check of the function that its name begins with: `f1` is about f."""
    return CheckResult(
        id=name,
        of=name.rstrip("0123456789"),
        kind=Kind(kind),
        public=False,
        outcome=Outcome(outcome),
        seconds=0.0,
        cases=1,
        cases_passed=0,
        passes_with=list(passes_with),
        message=None,
    )

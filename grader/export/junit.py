"""Records as JUnit XML, for whatever reads test reports (CI servers, IDEs).

For staff, but for `self_check`: it says what hidden checks found. One suite a student, one case a
check. What the student's code did is a failure, what is ours an error, what was not run skipped.
Attributes and order are those of Jenkins' `junit-10.xsd`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from xml.sax.saxutils import escape as escaped

from grader.records.assignment_snapshot import Snapshot
from grader.records.outcome import Outcome, Owner
from grader.records.record import CheckResult, ExerciseResult, Record, Status
from grader.report import escape, formatting
from grader.report.class_page import ClassSums
from grader.report.formats import Format
from grader.report.results import Entry

_TAGS = {Owner.STUDENT: "failure", Owner.PLATFORM: "error", Owner.NOBODY: "skipped"}
_IN_QUOTES = {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}


def _head(snapshot: Snapshot, sums: ClassSums) -> str:
    outcomes = Counter(sums.results)
    for status, students in sums.unrun.items():
        outcomes[_of_submission(status)] += students
    attributes = {
        "name": snapshot.id,
        "tests": str(outcomes.total()),
        "failures": str(_count(outcomes, "failure")),
        "errors": str(_count(outcomes, "error")),
        "time": f"{sums.seconds:.3f}",
    }
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites{_attributes(attributes)}>\n'


def _suite(_: Snapshot, entry: Entry, lang: str) -> str:
    record = entry.record
    cases = [
        _case(f"{record.assignment}.{exercise.id}", check, lang)
        for exercise in record.exercises
        for check in exercise.checks
    ]
    outcomes = Counter(check.outcome for exercise in record.exercises for check in exercise.checks)
    if not cases:  # nothing ran: without this case a failure would look like success
        cases = [_submission(record, lang)]
        outcomes[_of_submission(record.status)] += 1
    attributes = {
        "name": record.student,
        "tests": str(len(cases)),
        "failures": str(_count(outcomes, "failure")),
        "errors": str(_count(outcomes, "error")),
        "skipped": str(_count(outcomes, "skipped")),
        "time": f"{record.seconds:.3f}",
        "timestamp": record.started,
    }
    properties = [
        f"      <property{_attributes({'name': name, 'value': value})} />\n"
        for name, value in _properties(entry)
    ]
    return "".join(
        [
            f"  <testsuite{_attributes(attributes)}>\n    <properties>\n",
            *properties,
            "    </properties>\n",
            *cases,
            "  </testsuite>\n",
        ]
    )


def self_check(assignment: str, results: Sequence[ExerciseResult], lang: str) -> str:
    """The public checks of one student, as a file of one suite."""
    checks = [check for result in results for check in result.checks]
    outcomes = Counter(check.outcome for check in checks)
    attributes = {
        "name": assignment,
        "tests": str(len(checks)),
        "failures": str(_count(outcomes, "failure")),
        "errors": str(_count(outcomes, "error")),
        "skipped": str(_count(outcomes, "skipped")),
        "time": f"{sum(check.seconds for check in checks):.3f}",
    }
    cases = [
        _case(f"{assignment}.{result.id}", check, lang)
        for result in results
        for check in result.checks
    ]
    suite = f"  <testsuite{_attributes(attributes)}>\n{''.join(cases)}  </testsuite>\n"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{suite}{JUNIT.foot}'


def _properties(entry: Entry) -> list[tuple[str, str]]:
    record = entry.record
    totals = [
        ("name", entry.person),
        ("status", record.status),
        ("points", _number(record.points)),
        ("possible", _number(record.possible)),
        ("extra_points", _number(record.extra_points)),
        ("extra_possible", _number(record.extra_possible)),
    ]
    return totals + [(f"points.{e.id}", _number(e.points)) for e in record.exercises]


def _case(classname: str, check: CheckResult, lang: str) -> str:
    start = f'    <testcase{_named(classname, check.id)} time="{check.seconds:.3f}"'
    if check.outcome == Outcome.PASSED:
        return f"{start} />\n"
    message = formatting.sentence(check.message, lang)
    return f"{start}>\n{_ending(check.outcome, message, check.detail)}    </testcase>\n"


def _submission(record: Record, lang: str) -> str:
    message = formatting.sentence(record.problem, lang)
    ending = _ending(_of_submission(record.status), message, "")
    named = _named(record.assignment, "submission")
    return f'    <testcase{named} time="0.000">\n{ending}    </testcase>\n'


def _of_submission(status: Status) -> Outcome:
    """How the case of a submission ends of which nothing ran."""
    return Outcome.BROKEN if status == Status.BROKEN else Outcome.UNREADABLE


def _ending(outcome: Outcome, message: str, detail: str) -> str:
    tag = _TAGS[outcome.owner]
    start = f"      <{tag}{_attributes({'type': outcome, 'message': message})}"
    text = escaped(escape.xml(detail))
    return f"{start}>{text}</{tag}>\n" if text else f"{start} />\n"


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(
        f' {name}="{escaped(escape.xml(value), _IN_QUOTES)}"' for name, value in values.items()
    )


@lru_cache(maxsize=1 << 12)
def _named(classname: str, name: str) -> str:
    """The same for a whole class."""
    return _attributes({"classname": classname, "name": name})


def _number(value: float | None) -> str:
    return "" if value is None else str(value)


def _count(outcomes: Mapping[Outcome, int], tag: str) -> int:
    return sum(n for name, n in outcomes.items() if name != "passed" and _TAGS[name.owner] == tag)


JUNIT = Format(_head, _suite, foot="</testsuites>\n")

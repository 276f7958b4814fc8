"""Records as JUnit XML, for whatever reads test reports (CI servers, IDEs).

For staff: it says what hidden checks found. One suite a student, one case a check. What the
student's code did is a failure, what is ours an error, what was not run skipped. Attributes and
order are those of Jenkins' `junit-10.xsd`.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from grader.records.outcome import Outcome, Owner
from grader.records.record import CheckResult, Record, Status
from grader.report import escape, formatting
from grader.report.results import Entry, Results

_TAGS = {Owner.STUDENT: "failure", Owner.PLATFORM: "error", Owner.NOBODY: "skipped"}


def junit(results: Results, lang: str) -> str:
    """The whole document."""
    suites = [_suite(entry, lang) for entry in results.entries]
    root = ET.Element(
        "testsuites",
        name=escape.xml(results.snapshot.id),
        tests=str(_total(suites, "tests")),
        failures=str(_total(suites, "failures")),
        errors=str(_total(suites, "errors")),
        time=f"{sum(float(suite.attrib['time']) for suite in suites):.3f}",
    )
    root.extend(suites)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(entry: Entry, lang: str) -> ET.Element:
    record = entry.record
    cases = [
        _case(f"{record.assignment}.{exercise.id}", check, lang)
        for exercise in record.exercises
        for check in exercise.checks
    ]
    if not cases:  # nothing ran: without this case a failure would look like success
        cases = [_submission(record, lang)]
    suite = ET.Element(
        "testsuite",
        name=escape.xml(record.student),
        tests=str(len(cases)),
        failures=str(_count(cases, "failure")),
        errors=str(_count(cases, "error")),
        skipped=str(_count(cases, "skipped")),
        time=f"{record.seconds:.3f}",
        timestamp=record.started,
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(entry):
        ET.SubElement(properties, "property", name=escape.xml(name), value=escape.xml(value))
    suite.extend(cases)
    return suite


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


def _case(classname: str, check: CheckResult, lang: str) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=escape.xml(classname),
        name=escape.xml(check.id),
        time=f"{check.seconds:.3f}",
    )
    if check.outcome != Outcome.PASSED:
        message = formatting.sentence(check.message, lang)
        _ending(case, check.outcome, message, check.detail)
    return case


def _submission(record: Record, lang: str) -> ET.Element:
    case = ET.Element(
        "testcase", classname=escape.xml(record.assignment), name="submission", time="0.000"
    )
    outcome = Outcome.BROKEN if record.status == Status.BROKEN else Outcome.UNREADABLE
    _ending(case, outcome, formatting.sentence(record.problem, lang), "")
    return case


def _ending(case: ET.Element, outcome: Outcome, message: str, detail: str) -> None:
    tag = _TAGS[outcome.owner]
    ending = ET.SubElement(case, tag, type=outcome, message=escape.xml(message))
    ending.text = escape.xml(detail)


def _number(value: float | None) -> str:
    return "" if value is None else str(value)


def _count(cases: Sequence[ET.Element], tag: str) -> int:
    return sum(case.find(tag) is not None for case in cases)


def _total(suites: Sequence[ET.Element], name: str) -> int:
    return sum(int(suite.attrib[name]) for suite in suites)

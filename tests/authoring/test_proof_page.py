"""What bugs cost, as a page: every mutant is on it, and a dot outside its band is seen as such."""

import re
from dataclasses import replace

import pytest

from grader.authoring import proof_page
from grader.authoring.candidates import Bug, Candidate, Role, Severity
from grader.authoring.verify import Verdict
from grader.records.record import FunctionResult
from tests.report import example_class


def verdict(name, severity, percent, faults=()):
    """A mutant of `clean` that costs so much of its points."""
    record = example_class.class_records()["hong_gildong"]
    first = record.exercises[0]
    function = FunctionResult("clean", 4 * (1 - percent / 100), 4.0)
    exercise = replace(first, functions=[function])
    record = replace(record, exercises=[exercise, *record.exercises[1:]])
    bug = Bug("clean", severity, ())
    return Verdict(Candidate(Role.MUTANT, name, f"why <{name}>", {}, bug), record, [*faults])


VERDICTS = [
    verdict("sign", Severity.WRONG, 80.0),
    verdict("tie", Severity.EDGE, 50.0, ["clean loses 50 %, edge bugs 3 to 20 %"]),
]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_mutant_is_on_the_page_with_what_it_costs(tiny, lang):
    page = proof_page.page(tiny, VERDICTS, lang)
    for text in ("why &lt;sign&gt;", "why &lt;tie&gt;", "80 %", "50 %"):
        assert text in page
    assert "clean loses 50 %, edge bugs 3 to 20 %" in page


def test_a_dot_outside_its_band_is_marked(tiny):
    page = proof_page.page(tiny, VERDICTS, "en")
    assert re.findall(r'<circle class="(\w+)"', page) == ["in", "out"]
    assert "1 of 2 versions did not score as expected" in page
    assert "In 0 of 1 pair " in page
    assert "The only version" in proof_page.page(tiny, VERDICTS[:1], "en")

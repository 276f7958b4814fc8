"""How much a submission can tell of the hidden checks: the count, and what the page promises."""

import re
from dataclasses import replace
from math import log2, prod

import pytest

from grader.course.folder import Course
from grader.report import budget
from tests.house import ROOT

ROW = r"^\| (hw\d) \| ([\d,]+) \| ([\d,]+) \| "
PROMISED = re.findall(
    ROW, (ROOT / "docs" / "security.md").read_text(encoding="utf-8"), re.MULTILINE
)


def test_the_count_by_hand(tiny):
    # adding: one public and one hidden check; saying: one hidden check; two forbidden names
    pages = [15 * 2 + 3, 15 + 3]
    assert budget.bits(tiny) == pytest.approx(log2(prod(pages)))


def test_without_hidden_checks_there_is_nothing_to_tell_but_what_was_run(tiny):
    first = tiny.exercises[0]
    public = replace(first, checks=tuple(check for check in first.checks if check.public))
    assert budget.bits(replace(tiny, exercises=(public,))) == pytest.approx(log2(2))


def test_of_a_hidden_check_a_student_learns_a_few_bits():
    assert log2(budget.HIDDEN) < 4


@pytest.mark.parametrize(("name", "checks", "bits"), PROMISED)
def test_the_page_promises_no_less_than_there_is(name, checks, bits):
    assignment = Course.find(ROOT).load(name)
    hidden = sum(not c.public for exercise in assignment.exercises for c in exercise.checks)
    assert hidden <= int(checks.replace(",", ""))
    assert budget.bits(assignment) <= int(bits.replace(",", ""))


def test_the_page_has_every_homework():
    assert [name for name, _, _ in PROMISED] == Course.find(ROOT).names()

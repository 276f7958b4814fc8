"""The rule: what a function earns, and what must be true of any rule that is fair."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.exercise import Kind
from grader.scoring.points import function_share, points, total

C, E, M = Kind.CORE, Kind.EDGE, Kind.MANNERS
RESULTS = st.lists(st.tuples(st.sampled_from(Kind), st.booleans()), max_size=12)


@pytest.mark.parametrize(
    ("results", "share"),
    [
        ([(C, True), (C, True), (E, True), (M, True)], 1),
        ([(C, True)], 1),  # what it has no checks of goes to core
        ([(C, True), (E, False)], Fraction(80, 100)),
        ([(C, True), (M, False)], Fraction(90, 100)),
        ([(C, True), (E, False), (M, False)], Fraction(70, 100)),
        ([(C, True), (E, True), (E, False), (M, True)], Fraction(90, 100)),
        ([(C, True), (C, False), (E, True), (M, True)], Fraction(25, 100)),
        ([(C, True), (C, True), (C, True), (C, False)], Fraction(375, 1000)),
        ([(C, False), (E, True), (M, True)], 0),
        ([(E, True)], 0),
        ([], 0),
    ],
)
def test_the_rule(results, share):
    assert function_share(results) == share


@given(RESULTS)
def test_all_passed_is_all_points_and_only_that(results):
    results = [(C, True), *results]
    assert (function_share(results) == 1) == all(passed for _, passed in results)


@given(RESULTS, st.integers(0, 11))
def test_a_check_that_turns_to_passed_never_lowers_a_share(results, place):
    if place < len(results):
        better = [*results]
        better[place] = (results[place][0], True)
        assert function_share(better) >= function_share(results)


@given(st.data(), RESULTS)
def test_order_does_not_matter(data, results):
    assert function_share(data.draw(st.permutations(results))) == function_share(results)


@given(RESULTS)
def test_a_broken_core_costs_more_than_all_that_is_rare(results):
    whole = [(kind, kind is C) for kind, _ in results] + [(C, True)]
    broken = [(kind, True) for kind, _ in results] + [(C, False)]
    assert function_share(broken) < function_share(whole)


def test_points_are_exact_to_the_last_digit():
    assert points(1.0, Fraction(1, 3)) == 0.3333
    assert total([0.1] * 10) == 1.0
    assert total([1.0, None]) is None
    assert total([]) == 0.0

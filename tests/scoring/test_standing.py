"""How a function stands, and which checks are free."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.records.obstacles import in_the_way
from grader.records.record import ExerciseResult, Message
from grader.scoring.points import excused
from grader.scoring.standing import Standing, standing
from tests.outcomes import check


def results(*checks):
    return [ExerciseResult("x", False, None, 0.0, 0.0, [], list(checks))]


@pytest.mark.parametrize(
    ("checks", "stands"),
    [
        ([check("f1", "core", "passed"), check("f2", "edge", "passed")], Standing.RIGHT),
        ([check("f1", "core"), check("f2", "edge")], Standing.CORE),
        ([check("f1", "core", "passed"), check("f2", "edge"), check("f3", "manners")], "edge"),
        ([check("f1", "core", "passed"), check("f3", "manners", "raised")], "manners"),
        ([check("f3", "manners"), check("f1", "core", "timeout")], "core"),  # whatever the order
        ([check("f1", "core", "unanswered"), check("f2", "edge", "unanswered")], "unanswered"),
        ([check("f1", "core", "unanswered"), check("f2", "edge")], "core"),
        ([check("f1", "core", "passed"), check("f2", "edge", "skipped")], "edge"),
        ([check("f1", "core", "skipped"), check("f2", "edge", "skipped")], "waiting"),
        ([check("f1", "core", "raised"), check("f2", "edge", "skipped")], "core"),
        ([], "right"),
    ],
)
def test_the_gravest_kind_that_fails_is_how_it_stands(checks, stands):
    assert standing(checks) == stands


@pytest.mark.parametrize("code", ["import_failed", "forbidden", "forbidden_near", "missing_file"])
def test_what_all_checks_end_with_is_in_the_way(code):
    reason = Message(code, {"file": "text.py"})
    told = [replace(check(name), message=reason) for name in ("f1", "g1")]
    assert in_the_way(told) == reason
    assert in_the_way([*told, check("f2", outcome="passed")]) is None
    assert in_the_way([*told, check("f2", outcome="skipped")]) == reason  # it needs f1
    assert in_the_way([check("f2", outcome="skipped")]) is None


@pytest.mark.parametrize("code", ["missing", "missing_attribute", "raised_hidden"])
def test_what_only_a_function_lacks_is_in_nobodys_way(code):
    assert in_the_way([replace(check("f1"), message=Message(code))]) is None
    assert in_the_way([]) is None


def test_what_counts_is_no_failure():
    checks = [check("f1", "core"), check("f2", "edge")]
    assert standing(checks, {"f1"}) == Standing.EDGE
    assert standing(checks, {"f1", "f2"}) == Standing.RIGHT


def test_what_passes_with_a_function_that_has_paid_is_free():
    found = excused(
        results(check("f1"), check("g1", passes_with=["f", "h"]), check("h1", "core", "passed"))
    )
    assert found == {"g1": ["f"]}


def test_what_passes_with_functions_that_lost_nothing_is_not_free():
    assert excused(results(check("g1", passes_with=["f"]))) == {}
    passed = check("f1", outcome="passed")
    assert excused(results(passed, check("g1", passes_with=["f"]))) == {}


def test_a_check_of_ours_that_is_broken_pays_for_nobody():
    broken = check("f1", outcome="broken")
    assert excused(results(broken, check("g1", passes_with=["f"]))) == {}


def test_along_a_chain_only_the_first_slip_is_paid_for():
    # h fails through g, and g through f
    chain = results(
        check("h1", passes_with=["g", "f"]), check("g1", passes_with=["f"]), check("f1")
    )
    assert excused(chain) == {"h1": ["f"], "g1": ["f"]}


def test_where_each_passes_with_the_other_the_first_pays():
    assert excused(results(check("f1", passes_with=["g"]), check("g1", passes_with=["f"]))) == {
        "g1": ["f"]
    }


def test_who_pays_goes_on_paying():
    # nobody excuses g's second check: so g pays, and not f, which would have had to be excused
    first, second, third = (
        check("f1", passes_with=["g"]),
        check("g1", passes_with=["f"]),
        check("g2", passes_with=["h"]),
    )
    assert excused(results(first, second, third)) == {"f1": ["g"]}
    # f is the first of a circle and pays; that g pays for something else does not give it back
    third, fourth = check("g2", passes_with=["h"]), check("h1", passes_with=["f"])
    free = excused(results(first, second, third, fourth))
    assert free == {"g1": ["f"], "h1": ["f"]}


NAMES = st.sampled_from("fgh")
CHECKS = st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=2)), max_size=6)


@example([("f", ["g"]), ("g", ["f"]), ("g", ["h"])])
@given(CHECKS)
def test_somebody_always_pays(drawn):
    checks = [
        check(f"{of}{number}", passes_with=[name for name in passes if name != of])
        for number, (of, passes) in enumerate(drawn)
    ]
    free = excused(results(*checks))
    assert not checks or len(free) < len(checks)
    lost = {c.of for c in checks if c.id not in free}
    for paid in free.values():
        assert paid  # and whoever is named has really lost
        assert set(paid) <= lost


def test_a_function_with_a_check_that_is_broken_stands_nowhere():
    assert standing([check("f1", outcome="broken"), check("f2", outcome="failed")]) == "broken"

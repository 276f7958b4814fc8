"""What bugs cost, by hand: bands, faults, the spread, and bugs that cost less than lighter ones."""

from dataclasses import replace

import pytest

from grader.authoring.calibration import Loss, Spread, faults, inversions, loss_of, spread
from grader.authoring.candidates import Bug, Severity
from grader.course.exercise import Exercise, Function
from grader.records.record import ExerciseResult
from grader.scoring.points import score
from tests.outcomes import check
from tests.report import example_class

W, P, E, M = Severity.WRONG, Severity.PART, Severity.EDGE, Severity.MANNERS
# Checks of f (10 points): 2 core, 4 edge, 2 manners; of g (5 points): 1 core, 1 edge.
CHECKS = {
    "f": ["core", "core", "edge", "edge", "edge", "edge", "manners", "manners"],
    "g": ["core", "edge"],
}


def record(failed=(), **passes_with):
    """A record in which the checks of these names failed: f0 and f1 are core, f2 to f5 edge, ..."""
    checks = [
        check(
            f"{name}{number}",
            kind,
            "failed" if f"{name}{number}" in failed else "passed",
            passes_with.get(f"{name}{number}", ()),
        )
        for name, kinds in CHECKS.items()
        for number, kind in enumerate(kinds)
    ]
    functions = (Function("f", 10), Function("g", 5))
    exercise = Exercise("x", "m.py", functions, (), (), False, 0, {}, (), ())
    results = score([exercise], [ExerciseResult("x", False, None, 0.0, 0.0, [], checks)])
    return replace(example_class.class_records()["hong_gildong"], exercises=results)


def bug(severity, of="f", also=()):
    return Bug(of, severity, tuple(also))


@pytest.mark.parametrize(
    ("failed", "percent"),
    [
        ((), 0),
        (("f0",), 75),  # half of one core check in two is left
        (("f0", "f1", "f2"), 100),
        (("f2",), 5),  # one of four edge checks, which are 20 %
        (("f2", "f3", "f4", "f5"), 20),
        (("f6",), 5),  # one of two in 10 %
        (("f2", "f6", "f7"), 15),
        (("g0",), 0),  # another function's
    ],
)
def test_a_loss_is_in_percent_of_the_functions_points(failed, percent):
    found = loss_of("mutant x", bug(W), record(failed))
    assert (found.mutant, found.exercise, found.percent) == ("mutant x", "x", percent)


def test_the_share_of_a_kind_that_is_not_there_is_cores():
    # g has no manners: its edge is 20 % and its core the rest
    assert loss_of("", bug(E, "g"), record(("g1",))).percent == 20


def test_what_was_not_graded_has_no_loss():
    assert loss_of("", bug(W, "h"), record()) is None
    assert faults(bug(W, "h"), record()) == ["h: not graded"]


@pytest.mark.parametrize(
    ("severity", "inside", "outside"),
    [
        (W, (60, 75, 100), (59.9, 0)),
        (P, (50, 75), (49.9, 75.1, 100)),
        (E, (3, 20), (2.9, 20.1, 0)),
        (M, (1, 10), (0.9, 10.1)),
    ],
)
def test_bands(severity, inside, outside):
    assert all(Loss("", "x", bug(severity), percent).in_band for percent in inside)
    assert not any(Loss("", "x", bug(severity), percent).in_band for percent in outside)


@pytest.mark.parametrize(
    ("mutant", "failed"),
    [
        (bug(W), ("f0",)),
        (bug(W), ("f0", "f1", "f2", "f6")),
        (bug(P), ("f0", "f2", "f6")),
        (bug(E), ("f2",)),
        (bug(E), ("f2", "f3", "f7")),  # with bad manners as well
        (bug(M), ("f6",)),
        (bug(W, also=["g"]), ("f0", "g1")),
    ],
)
def test_a_mutant_that_is_as_it_should_be(mutant, failed):
    assert faults(mutant, record(failed)) == []


@pytest.mark.parametrize(
    ("mutant", "failed", "told"),
    [
        (bug(W), (), ["f loses 0 %, wrong bugs 60 to 100 % (-)"]),
        (bug(W), ("f2",), ["f loses 5 %, wrong bugs 60 to 100 % (f2 [edge, failed])"]),
        (bug(P), ("f0", "f1"), ["f loses 100 %, part bugs 50 to 75 %"]),
        (bug(E), ("f0",), ["f loses 75 %, edge", "edge bugs must pass f0 [core, failed]"]),
        (bug(M), ("f2", "f6"), ["manners bugs must pass f2 [edge, failed]"]),  # 10 %: in its band
        (bug(W), ("f0", "g1"), ["g pays too: g1 [edge, failed]"]),
        (bug(W, also=["g"]), ("f0",), ["g loses nothing, though it is in also"]),
    ],
)
def test_a_mutant_that_is_not(mutant, failed, told):
    found = faults(mutant, record(failed))
    assert len(found) >= len(told)
    for words in told:
        assert any(words in fault for fault in found), found


def test_what_is_followed_through_is_lost_nowhere():
    follows = record(("f0", "g0", "g1"), g0=["f"], g1=["f"])
    assert faults(bug(W), follows) == []
    alone = record(("f0", "g0", "g1"), g0=["f"])
    assert faults(bug(W), alone) == ["g pays too: g1 [edge, failed]"]


def test_the_spread_by_severity():
    losses = [
        *(Loss("", "x", bug(W), percent) for percent in (75, 100, 20, 80)),
        *(Loss("", "y", bug(E), percent) for percent in (5, 20, 2.5)),
    ]
    assert spread(losses) == [
        Spread(W, mutants=4, lowest=20, median=77.5, highest=100, in_band=3),
        Spread(E, mutants=3, lowest=2.5, median=5, highest=20, in_band=2),
    ]
    assert spread([]) == []


def test_pairs_of_one_exercise_in_which_the_graver_costs_less():
    losses = [
        Loss("", "x", bug(W), 15),
        Loss("", "x", bug(P), 60),
        Loss("", "x", bug(E), 20),
        Loss("", "x", bug(M), 5),
        Loss("", "y", bug(E), 70),  # another exercise
    ]
    # of two gravities: W-E inverted, W-M, P-E, P-M, E-M; wrong and part are equally grave
    assert inversions(losses) == (1, 5)


def test_equal_losses_are_not_inverted():
    assert inversions([Loss("", "x", bug(E), 10), Loss("", "x", bug(M), 10)]) == (0, 1)
    assert inversions([]) == (0, 0)

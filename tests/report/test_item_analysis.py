"""Figures against hand calculations."""

import math
from dataclasses import replace

import pytest

from grader.records import assignment_snapshot as catalogue
from grader.records.outcome import Outcome
from grader.report import item_analysis
from tests.report import example_class


def test_summary_of_four_numbers():
    summary = item_analysis.summarise([2, 4, 4, 10])
    assert (summary.n, summary.mean, summary.median) == (4, 5, 4)
    assert summary.deviation == pytest.approx(math.sqrt(36 / 3))  # (9 + 1 + 1 + 25) / (4 - 1)
    assert (summary.lowest, summary.highest) == (2, 10)


def test_summary_of_one_and_of_none():
    assert item_analysis.summarise([3]).deviation == 0
    assert item_analysis.summarise([]) is None


def test_histogram_bins_hold_their_lower_edge_and_the_last_also_one():
    shares = [0, 0.0999, 0.1, 0.7, 0.29, 0.3, 0.9, 1.0]
    assert item_analysis.histogram(shares) == [2, 1, 1, 1, 0, 0, 0, 1, 0, 2]


def test_discrimination_leaves_the_item_out_of_the_total():
    # Rests 9 7 6 0: r = 5 / sqrt(1 * 45). With the item left in it would be 6 / sqrt(56) = 0.80.
    items, totals = [1, 1, 0, 0], [10, 8, 6, 0]
    assert item_analysis.discrimination(items, totals) == pytest.approx(5 / math.sqrt(45))


def test_discrimination_of_zeros_and_ones_is_the_point_biserial_correlation():
    # (mean rest of those who passed - of the others) / standard deviation * sqrt(p q)
    biserial = (8 - 3) / math.sqrt(45 / 4) * math.sqrt(0.5 * 0.5)
    assert item_analysis.discrimination([1, 1, 0, 0], [10, 8, 6, 0]) == pytest.approx(biserial)


@pytest.mark.parametrize(
    ("items", "totals"),
    [
        ([1, 1, 1], [5, 7, 9]),  # everybody did the same
        ([0, 1, 1], [4, 5, 5]),  # the rests are equal
        ([0.1, 0.3, 0.2], [0.4, 0.6, 0.5]),  # equal but for the noise of floats
        ([0, 1], [3, 9]),  # two points
        ([], []),
    ],
)
def test_discrimination_is_not_defined(items, totals):
    assert item_analysis.discrimination(items, totals) is None


def test_check_that_the_weak_pass_has_a_negative_discrimination():
    assert item_analysis.discrimination([0, 0, 1, 1], [10, 8, 6, 0]) < 0


@pytest.fixture
def described(tmp_path, report):
    return catalogue.load(report / "assignments" / "hw1.json")


def _figures(described, records, check):
    return next(f for f in item_analysis.of_checks(described, records) if f.id == check)


def test_figures_of_a_check_and_of_an_exercise(described):
    base = example_class.class_records()["hong_gildong"]
    first = base.exercises[0]  # 6 points, five checks
    records = [
        _with_first_check(base, outcome=Outcome.PASSED, points=1.2, seconds=1.0),
        _with_first_check(base, outcome=Outcome.FAILED, points=0.6, seconds=3.0),
        _with_first_check(base, outcome=Outcome.TIMEOUT, points=0.0, seconds=20.0),
        replace(base, status="broken", points=None),  # counts nowhere
    ]
    figures = _figures(described, records, first.checks[0].id)
    assert (figures.judged, figures.passed) == (3, 1)
    assert figures.difficulty == pytest.approx((1 + 0.5 + 0) / 3)
    assert figures.outcomes == {"failed": 1, "timeout": 1}
    assert (figures.median_seconds, figures.longest_seconds) == (3, 20)

    exercise = item_analysis.of_exercises(described, records)[0]
    assert (exercise.judged, exercise.full, exercise.partial, exercise.none) == (3, 1, 2, 0)
    assert exercise.mean == pytest.approx((6 + 5.4 + 4.8) / 3)
    assert exercise.share == pytest.approx(exercise.mean / 6)


def test_a_bonus_check_is_compared_with_the_whole_total(described):
    base = example_class.class_records()["hong_gildong"]
    bonus, totals = [0.0, 1.0, 1.0], [50.0, 60.0, 90.0]
    records = [
        _with_bonus(replace(base, points=total), points)
        for points, total in zip(bonus, totals, strict=True)
    ]
    figures = _figures(described, records, "mse_by_hand")
    # sum of products 50/3, of squares 2/3 and 2600/3
    expected = (50 / 3) / math.sqrt(2 / 3 * 2600 / 3)
    assert figures.discrimination == pytest.approx(expected)


def _with_first_check(record, **changes):
    exercise = record.exercises[0]
    checks = [replace(exercise.checks[0], **changes), *exercise.checks[1:]]
    changed = replace(exercise, checks=checks, points=round(sum(c.points for c in checks), 4))
    return replace(record, exercises=[changed, *record.exercises[1:]])


def _with_bonus(record, points):
    def changed(exercise):
        return replace(exercise, checks=[replace(exercise.checks[0], points=points)])

    exercises = [changed(e) if e.id == "x_mse" else e for e in record.exercises]
    return replace(record, exercises=exercises)

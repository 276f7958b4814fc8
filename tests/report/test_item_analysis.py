"""Figures against hand calculations."""

import math
import statistics
from dataclasses import replace

import pytest

from grader.records import assignment_snapshot
from grader.records.decisions import Decision
from grader.records.outcome import Outcome
from grader.report import item_analysis
from grader.scoring.decided import decided
from grader.scoring.points import score
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


def _correlation(passed, rests):
    sums = item_analysis.Correlation()
    for one, rest in zip(passed, rests, strict=True):
        sums.add(rest, passed=bool(one))
    return sums.r


def _sums(described, records):
    sums = item_analysis.Sums(described)
    for record in records:
        sums.add(record)
    return sums


def test_correlation_of_zeros_and_ones_is_the_point_biserial_correlation():
    # (mean rest of those who passed - of the others) / standard deviation * sqrt(p q)
    passed, rests = [1, 1, 0, 0], [9, 7, 6, 0]
    biserial = (8 - 3) / math.sqrt(45 / 4) * math.sqrt(0.5 * 0.5)
    assert _correlation(passed, rests) == pytest.approx(biserial)
    assert _correlation(passed, rests) == pytest.approx(5 / math.sqrt(45))


@pytest.mark.parametrize(
    ("passed", "rests"),
    [
        ([1, 1, 1], [5, 7, 9]),  # everybody did the same
        ([0, 1, 1], [4, 4, 4]),  # the rests are equal
        ([0, 1], [3, 9]),  # two points
        ([], []),
    ],
)
def test_correlation_is_not_defined(passed, rests):
    assert _correlation(passed, rests) is None


@pytest.fixture
def described(tmp_path, report):
    return assignment_snapshot.load(report / "assignments" / "hw1.json")


def _figures(described, records, check):
    return next(f for f in _sums(described, records).checks() if f.id == check)


def test_figures_of_a_check_and_of_an_exercise(described):
    base = example_class.class_records()["hong_gildong"]  # everything is right
    first = base.exercises[0]  # 6 points; its first check is the core check of clean, 2 points
    records = [
        _with_first_check(base, outcome=Outcome.PASSED, seconds=1.0),
        _with_first_check(base, outcome=Outcome.FAILED, seconds=3.0),
        _with_first_check(base, outcome=Outcome.TIMEOUT, seconds=20.0),
        replace(base, status="broken", points=None),  # counts nowhere
    ]
    figures = _figures(described, records, first.checks[0].id)
    assert (figures.judged, figures.passed) == (3, 1)
    assert figures.difficulty == pytest.approx(1 / 3)
    assert figures.outcomes == {"failed": 1, "timeout": 1}
    assert (figures.median_seconds, figures.longest_seconds) == (3, 20)

    exercise = _sums(described, records).exercises()[0]
    assert (exercise.judged, exercise.full, exercise.partial, exercise.none) == (3, 1, 2, 0)
    assert exercise.mean == pytest.approx((6 + 4 + 4) / 3)
    assert exercise.share == pytest.approx(exercise.mean / 6)


def test_figures_of_a_function(described):
    base = example_class.class_records()["hong_gildong"]
    records = [
        base,
        _with_first_check(base, outcome=Outcome.FAILED),  # the core check of clean, 2 points
        _with_first_check(base, outcome=Outcome.FAILED),
        replace(base, status="broken", points=None),  # counts nowhere
    ]
    clean, tokenize, *_ = _sums(described, records).functions()
    assert (clean.name, clean.possible, clean.mean) == ("clean", 2, pytest.approx(2 / 3))
    assert clean.share == pytest.approx(1 / 3)
    assert clean.standings == {"right": 1, "core": 2}
    assert tokenize.standings == {"right": 3}


def test_who_has_points_by_hand_is_counted_apart_and_all_add_up(described):
    base = example_class.class_records()["hong_gildong"]
    by_hand = [Decision("clean", "clean", 2.0, 0.0, "")]
    scored = [
        base,
        decided(described, _with_first_check(base, outcome=Outcome.BROKEN), by_hand),
        decided(described, example_class.class_records()["empty"], by_hand),
    ]
    clean, tokenize, *_ = _sums(described, scored).functions()
    assert (clean.standings, clean.unchecked) == ({"right": 1}, 2)
    assert (tokenize.standings, tokenize.unchecked) == ({"right": 2}, 1)


def _with_totals(base, passed, totals):
    """Records in which the first check ended so, and the total is that."""
    return [
        replace(_with_first_check(base, outcome=Outcome.PASSED if p else Outcome.FAILED), points=t)
        for p, t in zip(passed, totals, strict=True)
    ]


def test_a_check_is_compared_with_the_total_less_the_points_of_its_function(described):
    base = example_class.class_records()["hong_gildong"]
    name = base.exercises[0].checks[0].id
    # clean has 2 points where it passed: rests 9 7 6 0, not 11 9 6 0
    records = _with_totals(base, [True, True, False, False], [11, 9, 6, 0])
    figures = _figures(described, records, name)
    assert figures.discrimination == pytest.approx(5 / math.sqrt(45))
    # the other functions of the exercise stay in the total
    records = _with_totals(base, [True, True, False, False], [2, 2, 6, 8])
    assert _figures(described, records, name).discrimination < 0  # whom the weak pass


def test_rests_that_are_equal_but_for_the_noise_of_floats_are_equal(described):
    base = example_class.class_records()["hong_gildong"]
    name = base.exercises[0].checks[0].id
    records = _with_totals(base, [True, True, False], [2.3, 2 + 0.1 + 0.2, 0.1 + 0.2])
    assert _figures(described, records, name).discrimination is None


def test_a_bonus_check_is_compared_with_the_whole_total(described):
    base = example_class.class_records()["hong_gildong"]
    outcomes, totals = [Outcome.FAILED, Outcome.PASSED, Outcome.PASSED], [50.0, 60.0, 90.0]
    records = [
        _with_bonus(replace(base, points=total), outcome)
        for outcome, total in zip(outcomes, totals, strict=True)
    ]
    figures = _figures(described, records, "mse_by_hand")
    # sum of products 50/3, of squares 2/3 and 2600/3
    expected = (50 / 3) / math.sqrt(2 / 3 * 2600 / 3)
    assert figures.discrimination == pytest.approx(expected)


def test_a_class_in_two_parts_has_the_same_figures(described):
    records = list(example_class.class_records().values())
    whole, first = _sums(described, records), _sums(described, records[:7])
    first.merge(_sums(described, records[7:]))
    assert first.exercises() == whole.exercises()
    assert first.functions() == whole.functions()
    assert first.checks() == whole.checks()
    assert item_analysis.summarise(first.shares) == item_analysis.summarise(whole.shares)


def test_figures_are_those_of_the_statistics_module(described):
    """Of the whole example class, kept in lists."""
    records = [
        record
        for record in example_class.class_records().values()
        if item_analysis.is_scored(record)
    ]
    figures = _sums(described, records).checks()
    assert len(figures) == sum(len(checks) for *_, checks in example_class.EXERCISES)
    for own in figures:
        found = [
            (r, e, c) for r in records for e in r.exercises for c in e.checks if c.id == own.id
        ]
        passed = [float(c.outcome == "passed") for _, _, c in found]
        beside = [
            r.points - (0 if e.extra else next(f.points for f in e.functions if f.name == c.of))
            for r, e, c in found
        ]
        seconds = [c.seconds for _, _, c in found if c.cases]
        assert own.difficulty == statistics.fmean(passed)
        assert own.discrimination == pytest.approx(statistics.correlation(passed, beside))
        assert (own.median_seconds, own.longest_seconds) == (
            statistics.median(seconds),
            max(seconds),
        )


def _with_first_check(record, **changes):
    exercise = record.exercises[0]
    checks = [replace(exercise.checks[0], **changes), *exercise.checks[1:]]
    [changed] = score(example_class.exercises(), [replace(exercise, checks=checks)])
    return replace(record, exercises=[changed, *record.exercises[1:]])


def _with_bonus(record, outcome):
    def changed(exercise):
        checks = [replace(exercise.checks[0], outcome=outcome)]
        return score(example_class.exercises(), [replace(exercise, checks=checks)])[0]

    exercises = [changed(e) if e.id == "x_mse" else e for e in record.exercises]
    return replace(record, exercises=exercises)

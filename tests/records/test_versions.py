"""Whether records were graded by one set of checks, settings and points."""

import pickle
from dataclasses import replace

import pytest

from grader.records.versions import Versions
from tests.report import example_class

RIGHT = example_class.class_records()["hong_gildong"]


def of(*records):
    versions = Versions()
    for record in records:
        versions.add(record)
    return versions


def with_first(**changes):
    """Of the first exercise, its first function and its first check: those fields they have."""
    first, *others = RIGHT.exercises

    def changed(one):
        return replace(one, **{k: v for k, v in changes.items() if hasattr(one, k)})

    own = {
        "functions": [changed(first.functions[0]), *first.functions[1:]],
        "checks": [changed(first.checks[0]), *first.checks[1:]],
    }
    return replace(RIGHT, exercises=[replace(changed(first), **own), *others])


def without_functions():
    nothing = replace(RIGHT.exercises[0], id="empty", functions=[], checks=[])
    return replace(RIGHT, exercises=[*RIGHT.exercises, nothing])


@pytest.mark.parametrize(
    "other",
    [
        with_first(possible=3.0),
        with_first(possible=2.0),  # it was 2
        with_first(name="another"),
        with_first(of="another"),
        with_first(kind="edge"),
        with_first(extra=True),
        replace(RIGHT, checks_sha256="e" * 64),
        replace(RIGHT, settings_sha256="e" * 64),
    ],
)
def test_what_scores_do_not_compare_across(other):
    assert of(RIGHT, other).are_mixed
    assert of(RIGHT, other, RIGHT).are_mixed
    both = of(RIGHT)
    both.merge(of(other))
    assert both.are_mixed


@pytest.mark.parametrize(
    "other",
    [
        with_first(points=0.0, cases=7),
        without_functions(),
        replace(RIGHT, exercises=[]),
        example_class.class_records()["script"],
    ],
)
def test_what_scores_do_compare_across(other):
    assert not of(RIGHT, other, RIGHT).are_mixed
    both = of(RIGHT)
    both.merge(of(other))
    assert not both.are_mixed


def test_however_long_the_names_little_is_kept_of_them():
    versions = of(*(with_first(name=f"{number}" + "x" * 10_000) for number in range(50)))
    assert versions.are_mixed
    assert len(pickle.dumps(versions)) < 50 * 100 + 20_000

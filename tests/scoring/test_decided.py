"""What a person decided counts in place of what the checks said, or on top of it."""

import pytest

from grader.records.assignment_snapshot import DescribedExercise, DescribedFunction, Snapshot
from grader.records.decisions import Decision, Decisions, load, save
from grader.records.record import ExerciseResult, FunctionResult, Record, Status
from grader.scoring.decided import decided

TITLE = {"en": "T"}


def exercise(name, points, *, extra=False):
    functions = [FunctionResult(f, *pair) for f, pair in points.items()]
    earned = [function.points for function in functions]
    total = None if None in earned else sum(earned)
    return ExerciseResult(name, extra, total, 10.0, 0.0, functions, [])


def record(exercises, status=Status.GRADED):
    plain = [e.points for e in exercises if not e.extra]
    extra = [e.points for e in exercises if e.extra]
    return Record(
        assignment="hw1",
        student="kim",
        status=status,
        points=0.0 if not exercises else None if None in plain else sum(plain),
        possible=10.0,
        extra_points=sum(extra),
        extra_possible=2.0,
        problem=None,
        notes=[],
        exercises=exercises,
        source="folder",
        files=[],
        ignored=[],
        submission_sha256="",
        checks_sha256="",
        settings_sha256="",
        environment={},
        layers=[],
        lacking=[],
        started="2026-03-02T04:05:06+00:00",
        seconds=1.0,
    )


@pytest.fixture
def snapshot():
    functions = [DescribedFunction("f", 4.0), DescribedFunction("g", 6.0)]
    entry = DescribedExercise("one", TITLE, "m.py", 10.0, False, functions, [])
    return Snapshot("hw1", "pack", TITLE, ["en"], None, 10.0, 2.0, [entry])


def points(snapshot, graded, *decisions):
    found = decided(snapshot, graded, decisions)
    functions = {f.name: f.points for e in found.exercises for f in e.functions}
    return functions, [e.points for e in found.exercises], found.points, found.extra_points


def test_without_a_decision_the_record_is_the_same(snapshot):
    graded = record([exercise("one", {"f": (1.0, 4.0)})])
    assert decided(snapshot, graded, []) is graded


def test_a_score_by_hand_replaces_and_extra_credit_adds(snapshot):
    graded = record([exercise("one", {"f": (1.0, 4.0), "g": (6.0, 6.0)})])
    by_hand = Decision("f", "f", 3.5, 0.25, ""), Decision("g", "g", None, 1.0, "")
    found = points(snapshot, graded, *by_hand)
    assert found == ({"f": 3.75, "g": 7.0}, [10.75], 10.75, 0)


def test_a_score_of_zero_is_a_score(snapshot):
    graded = record([exercise("one", {"f": (1.0, 4.0)})])
    assert points(snapshot, graded, Decision("f", "f", 0.0, 0.0, ""))[2] == 0.0


def test_a_bonus_stays_apart(snapshot):
    graded = record(
        [exercise("one", {"f": (1.0, 4.0)}), exercise("x", {"b": (2.0, 2.0)}, extra=True)]
    )
    assert points(snapshot, graded, Decision("b", "b", 1.0, 0.0, ""))[2:] == (1.0, 1.0)


def test_a_check_of_a_function_counts_for_the_function(snapshot):
    graded = record([exercise("one", {"f": (1.0, 4.0)})])
    both = Decision("f", "f", 2.0, 0.0, ""), Decision("f--a_check", "f", None, 0.5, "")
    assert points(snapshot, graded, *both)[0] == {"f": 2.5}


def test_what_could_not_be_graded_can_be_by_hand(snapshot):
    graded = record([exercise("one", {"f": (None, 4.0), "g": (6.0, 6.0)})], Status.BROKEN)
    found = points(snapshot, graded, Decision("f", "f", 4.0, 0.0, ""))
    assert found[1:3] == ([10.0], 10.0)
    assert points(snapshot, graded, Decision("f", "f", None, 4.0, ""))[2] is None


@pytest.mark.parametrize(("status", "total"), [("ungradable", 4.0), ("broken", None)])
def test_where_nothing_ran_the_rest_is_what_it_was(snapshot, status, total):
    graded = record([], Status(status))
    found = points(snapshot, graded, Decision("f", "f", 4.0, 0.0, ""))
    assert (found[0]["f"], found[2]) == (4.0, total)


def test_extra_credit_for_what_is_gone_still_counts(snapshot):
    graded = record([exercise("one", {"f": (1.0, 4.0)})])
    assert points(snapshot, graded, Decision("old", "", None, 2.0, ""))[1:3] == ([1.0], 3.0)


def test_decisions_are_kept_beside_the_records(tmp_path):
    assert load(tmp_path).of("hw1") == {}
    kept = Decisions(
        "sqlite:///g.db", {"hw1": {"kim": [Decision("f", "f", 1.0, 0.0, "너무 깁니다")]}}
    )
    save(tmp_path, kept)
    assert load(tmp_path) == kept

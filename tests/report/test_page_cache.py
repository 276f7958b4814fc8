"""What is kept of a page for the next student: nothing of it is another's, and it is not much."""

import tracemalloc
from dataclasses import fields, replace

import pytest

from grader.course.exercise import Kind
from grader.diagnosis.mistakes import Mistake, Signature, case_id, whole
from grader.records import assignment_snapshot
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, Counterexample, Message, Shown, Trace
from grader.report import feedback, page_cache, pages
from grader.report.moment import Moment
from grader.report.page_cache import PageCache
from tests.report import example_class
from tests.report.test_feedback import AFTER

UNPUBLISHED, PUBLISHED = Moment(AFTER, published=False), Moment(AFTER, published=True)
RIGHT = example_class.class_records()["hong_gildong"]
FAILED = {"outcome": Outcome.FAILED, "message": Message("failed"), "cases_passed": 0}


@pytest.fixture
def described(report):
    return assignment_snapshot.load(report / "assignments" / "hw1.json")


def with_checks(record, changes):
    """`changes`: id of a check -> its fields that are others."""
    exercises = [
        replace(e, checks=[replace(c, **changes.get(c.id, {})) for c in e.checks])
        for e in record.exercises
    ]
    return replace(record, exercises=exercises)


def page(described, record, moment, cache, lang="en"):
    own = feedback.context(described, record, lang, moment, cache=cache)
    return pages.render("feedback.html.j2", lang, [], own)


def check_two(described, one, other, mistakes=()):
    """Whose pages are not the same: each is its own, however often they come in turn."""
    cache = PageCache(mistakes)
    alone = [page(described, r, UNPUBLISHED, PageCache(mistakes)) for r in (one, other)]
    assert alone[0] != alone[1]
    for _ in range(3):
        assert [page(described, r, UNPUBLISHED, cache) for r in (one, other)] == alone


@pytest.mark.parametrize(
    "own",
    [
        {"outcome": Outcome.CRASHED},
        {"message": Message("assertion", {"text": "another"})},
        {"detail": "another"},
        {"output": "another"},
        {"cases": 9},
        {"cases_passed": 1},
        {"passes_with": ["edit_distance"]},
        {"kind": Kind.EDGE},
        {"of": "tokenize"},
        {"public": False},
        {"counterexample": Counterexample(["f()"], Shown("1", []), Shown("2", []))},
    ],
    ids=lambda own: next(iter(own)),
)
def test_what_differs_in_one_field_of_a_check(described, own):
    first = "clean_replaces_tags_by_blanks"
    # a second check of the function that fails, and what pays for the first if it needs that
    failed = FAILED | {"cases": 4}
    both = {first: failed, "clean_is_idempotent": failed, "distance_is_symmetric": failed}
    one = with_checks(RIGHT, both)
    check_two(described, one, with_checks(one, {first: own}))


def test_no_field_of_a_check_that_is_told_is_left_out_above():
    [mark] = test_what_differs_in_one_field_of_a_check.pytestmark
    tried = {name for own in mark.args[1] for name in own}
    untold = {"id", "seconds", "traces"}  # `traces`: what they tell of mistakes
    assert tried == {own.name for own in fields(CheckResult)} - untold


@pytest.mark.parametrize("whose", ["exercise", "functions"])
@pytest.mark.parametrize(("one", "other"), [(2.0, 1.0), (2.0, None), (0.0, -0.0), (-0.0, 0.0)])
def test_what_differs_in_points(described, whose, one, other):
    first, *others = RIGHT.exercises
    pair = []
    for points in (one, other):
        functions = [replace(f, points=points) for f in first.functions]
        own = {"exercise": {"points": points}, "functions": {"functions": functions}}[whose]
        pair.append(replace(RIGHT, exercises=[replace(first, **own), *others]))
    check_two(described, *pair)


def test_what_differs_in_whether_points_are_kept_back(described):
    """`clean` counts only by `split`, and that only by `grid_search`, which is kept back."""
    both = {c.id: {"passes_with": ["split"]} for c in RIGHT.exercises[0].checks}
    one = with_checks(RIGHT, both)
    check_two(described, one, with_checks(one, {"split_sizes": {"passes_with": ["grid_search"]}}))


def test_what_differs_in_who_has_paid(described):
    first = {"clean_replaces_tags_by_blanks": FAILED | {"passes_with": ["edit_distance"]}}
    one = with_checks(RIGHT, first)
    check_two(described, one, with_checks(one, {"distance_is_symmetric": FAILED}))


def test_what_differs_in_known_mistakes(described):
    first = "clean_replaces_tags_by_blanks"
    trace = Trace("", Outcome.FAILED, ["q"], ["a"], ["str"], "", telling=True)
    signature = Signature(Outcome.FAILED, answers=whole(["a"]), telling=True)
    cases = {case_id(first, ""): signature}
    known = [Mistake("tags", ["clean"], "why", {"en": "Tags stay."}, cases=cases)]
    pair = [
        with_checks(RIGHT, {first: FAILED | {"traces": [replace(trace, answers=[answer])]}})
        for answer in ("a", "b")
    ]
    check_two(described, *pair, mistakes=known)


def test_what_is_kept_in_one_language_is_not_the_page_in_another(described):
    cache = PageCache()
    for record in [RIGHT, example_class.class_records()["script"]] * 3:
        for lang in ("en", "ko"):
            own = page(described, record, PUBLISHED, PageCache(), lang)
            assert page(described, record, PUBLISHED, cache, lang) == own


class Counting:
    """How often exercises are made, in each of which so many letters were printed."""

    def __init__(self, described, letters):
        self.cache, self.count = PageCache(), 0
        self.described, self.letters = described, letters

    def add(self, number):
        """The exercises that were made for one student."""
        words = f"{number:0{self.letters}}"
        record = with_checks(RIGHT, {e.checks[0].id: {"output": words} for e in RIGHT.exercises})
        before = self.count
        self.cache.exercises(self.described, record, "en", PUBLISHED, self.make)
        return self.count - before

    def make(self, told):
        self.count += 1
        return {}


def test_what_two_have_had_is_made_no_more_until_there_is_too_much_of_it(described, monkeypatch):
    counting, each = Counting(described, 1000), len(RIGHT.exercises)
    assert [counting.add(1) for _ in range(3)] == [each, each, 0]
    monkeypatch.setattr(page_cache, "_MOST", 60_000)  # two records, and not three
    assert [counting.add(2) for _ in range(3)] == [each, each, 0]
    assert counting.add(1) == 0
    assert [counting.add(3) for _ in range(2)] == [each, each]
    assert counting.add(1) > 0


def test_what_is_long_is_not_kept(described):
    letters = 1_000_000
    counting = Counting(described, letters)
    counting.add(1)
    tracemalloc.start()
    try:
        made = [counting.add(2) for _ in range(3)]
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert made == [len(RIGHT.exercises)] * 3
    # of 16 exercises: the text that they share in the record, and at most one's facts
    assert held < 4 * letters
    assert peak < 6 * letters

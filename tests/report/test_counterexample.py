"""Two answers side by side: what differs is marked, and nobody reads a hidden input too early."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from grader.export.gradescope import without_hidden
from grader.records import assignment_snapshot
from grader.records.outcome import Outcome
from grader.records.record import Counterexample, Message, Shown
from grader.report import feedback
from grader.report.build import build
from grader.report.counterexample import Sides, sides
from grader.report.moment import Moment
from grader.report.page_cache import PageCache
from tests.report import example_class

NOW = datetime(2026, 3, 20, tzinfo=UTC)
PUBLISHED = Moment(NOW, published=True)
WITH_INPUTS = Moment(NOW, published=True, with_inputs=True)
ASKED = Counterexample(["text.clean('<b>')"], Shown("'don t'", []), Shown("'dont'", []))


def marked(side):
    """The text with what differs in brackets."""
    pieces = [*side.text, *(piece for row in side.rows for piece in row)]
    return "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("got", "want", "marked_got", "marked_want"),
    [
        ("'don t go'", "'dont go'", "'don[ ]t go'", "'dont go'"),
        ("5", "8", "[5]", "[8]"),
        ("aa", "a", "a[a]", "a"),
        ("'정말'", "'정 말'", "'정말'", "'정[ ]말'"),
    ],
)
def test_of_a_text_what_lies_between_is_marked(got, want, marked_got, marked_want):
    found = sides(Counterexample([], Shown(got, []), Shown(want, [])))
    assert (marked(found.got), marked(found.want)) == (marked_got, marked_want)


def test_of_a_table_each_number_that_differs_is_marked():
    got, want = Shown("(1, 2)", [["1", "2"]]), Shown("(1, 2)", [["1", "3"]])
    found = sides(Counterexample([], got, want))
    assert (marked(found.got), marked(found.want)) == ("(1, 2)1[2]", "(1, 2)1[3]")
    other = sides(Counterexample([], Shown("(1, 1)", [["1"]]), want))
    assert marked(other.got) == "(1, [1])1"
    assert other.got.plain == "(1, 1): [1]"


@pytest.fixture
def described(report):
    return assignment_snapshot.load(report / "assignments" / "hw1.json")


def failing(*, public, asked=ASKED):
    """A record in which one check of `clean` failed."""
    record = example_class.class_records()["hong_gildong"]
    exercise = record.exercises[0]
    first, *others = exercise.checks
    lost = replace(
        first,
        public=public,
        outcome=Outcome.FAILED,
        message=Message("failed"),
        counterexample=asked,
    )
    return replace(record, exercises=[replace(exercise, checks=[lost, *others])])


def shown(described, record, moment):
    exercises = feedback.context(described, record, "en", moment)["exercises"]
    return exercises[0]["functions"][0]["counterexample"]


def test_of_a_public_check_it_is_always_shown(described):
    for moment in (Moment(NOW, published=False), PUBLISHED, WITH_INPUTS):
        assert isinstance(shown(described, failing(public=True), moment), Sides)


def test_of_a_hidden_check_only_once_published_and_if_the_instructor_says_so(described):
    record = failing(public=False)
    assert shown(described, record, Moment(NOW, published=False)) is None
    assert shown(described, record, Moment(NOW, published=False, with_inputs=True)) is None
    assert shown(described, record, PUBLISHED) is None
    assert shown(described, record, WITH_INPUTS) is not None


def test_what_is_kept_for_one_student_is_not_shown_to_another(described):
    cache = PageCache()
    other = replace(ASKED, got=Shown("'other'", []))
    for asked in (ASKED, other, None):
        told = feedback.context(
            described, failing(public=True, asked=asked), "en", PUBLISHED, cache=cache
        )
        found = told["exercises"][0]["functions"][0]["counterexample"]
        assert (found and found.got.plain) == (asked and asked.got.text)


def test_what_goes_back_to_gradescope_has_none_of_a_hidden_check():
    for public in (True, False):
        [exercise] = without_hidden(failing(public=public)).exercises
        assert (exercise.checks[0].counterexample is not None) == public


def test_the_page_shows_both_answers(tmp_path):
    hostile = replace(ASKED, got=Shown("'<script>'", []), want=Shown("a (1,)", [["0.5"]]))
    example_class.write(tmp_path, {"hong_gildong": failing(public=True, asked=hostile)})
    build(tmp_path, "en")
    folder = tmp_path / "feedback" / "hong_gildong" / "hw1"
    english = (folder / "feedback.html").read_text(encoding="utf-8")
    assert "An input to try:" in english
    assert "text.clean(&#39;&lt;b&gt;&#39;)" in english
    assert "<script>" not in english
    assert "&lt;script&gt;" in english
    assert '<table class="numbers"' in english
    assert "이렇게 실행해 보세요." in (folder / "feedback.ko.html").read_text(encoding="utf-8")

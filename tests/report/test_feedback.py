"""What a student may read, and what not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from grader.records import assignment_snapshot as catalogue
from grader.records.assignment_snapshot import DescribedCheck
from grader.records.outcome import Outcome
from grader.records.record import Message
from grader.report import feedback
from grader.report.feedback import Moment
from tests.report import example_class

DUE = "2026-03-20T23:59:00+09:00"
BEFORE = datetime(2026, 3, 20, 14, 58, tzinfo=UTC)
AFTER = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def described(report):
    return catalogue.load(report / "assignments" / "hw1.json")


@pytest.mark.parametrize(
    ("show", "before", "after", "published"),
    [
        ("always", True, True, True),
        ("after_due", False, True, True),
        ("after_publication", False, False, True),
        ("never", False, False, False),
    ],
)
def test_when_a_result_is_shown(show, before, after, published):
    check = DescribedCheck("c", {}, {}, public=False, weight=1.0, show=show)
    assert feedback.is_shown(check, DUE, Moment(BEFORE, published=False)) == before
    assert feedback.is_shown(check, DUE, Moment(AFTER, published=False)) == after
    assert feedback.is_shown(check, DUE, Moment(BEFORE, published=True)) == published


@pytest.mark.parametrize(
    ("due", "shown"),
    [
        (None, False),  # nothing to wait for but the publication
        ("2026-03-20T14:57:00+00:00", True),
        ("2026-03-20T14:59:00+00:00", False),
        ("2026-03-20T23:57:00+09:00", True),  # wherever the machine stands
        ("2026-03-20T14:57:00-05:00", False),
    ],
)
def test_due_dates(due, shown):
    check = DescribedCheck("c", {}, {}, public=False, weight=1.0, show="after_due")
    assert feedback.is_shown(check, due, Moment(BEFORE, published=False)) == shown


def test_a_hidden_check_gives_neither_detail_nor_output(described):
    record = _all_failed(example_class.class_records()["script"])
    data = feedback.context(described, record, "en", Moment(AFTER, published=True))
    checks = [check for exercise in data["exercises"] for check in exercise["checks"]]
    hidden = [check for check in checks if not check["public"]]
    public = [check for check in checks if check["public"]]
    assert hidden
    assert all(check["detail"] == check["output"] == "" for check in hidden)
    assert all(check["hint"] for check in hidden)
    assert all(check["detail"] == "DETAIL" and check["output"] == "OUTPUT" for check in public)


def test_what_is_kept_back_cannot_be_worked_out_from_the_sums(described):
    """`grid_search_first_best` waits for the publication: passing or failing it shows nothing."""
    record = example_class.class_records()["hong_gildong"]
    pages = []
    for outcome, points in (("passed", 7 / 3), ("failed", 0.0)):
        changed = _with_last_of_selection(record, outcome, points)
        pages.append(feedback.context(described, changed, "en", Moment(AFTER, published=False)))
    assert pages[0] == pages[1]
    assert pages[0]["kept_back"] == pytest.approx(7 / 3, abs=1e-3)
    assert pages[0]["total"]["possible"] == pytest.approx(100 - 7 / 3, abs=1e-3)


def test_after_publication_the_total_is_the_records(described):
    record = example_class.class_records()["oh_jimin"]
    data = feedback.context(described, record, "en", Moment(BEFORE, published=True))
    assert data["total"]["points"] == record.points
    assert data["extra"]["points"] == record.extra_points
    assert data["kept_back"] == 0


def test_one_message_for_a_whole_exercise_is_said_once(described):
    record = example_class.class_records()["template"]
    data = feedback.context(described, record, "en", Moment(AFTER, published=True))
    told = [e for e in data["exercises"] if len({c["message"] for c in e["checks"]}) == 1]
    for exercise in told:
        assert (exercise["common"] != "") == (len(exercise["checks"]) > 1)


def test_a_broken_record_has_no_total(described):
    record = example_class.class_records()["platform"]
    data = feedback.context(described, record, "en", Moment(AFTER, published=True))
    assert data["total"]["points"] is None
    assert data["exercises"][0]["points"] is None


def test_a_code_of_a_newer_grader_becomes_a_general_sentence(described):
    record = example_class.class_records()["oh_jimin"]
    record = replace(record, notes=[Message("from_the_future", {"x": "1"})])
    for lang in ("en", "ko"):
        data = feedback.context(described, record, lang, Moment(AFTER, published=True))
        assert "from_the_future" in data["notes"][0]


def _all_failed(record):
    def failed(check):
        return replace(
            check,
            outcome=Outcome.FAILED,
            points=0.0,
            detail="DETAIL",
            output="OUTPUT",
            message=None,
        )

    exercises = [replace(e, checks=[failed(check) for check in e.checks]) for e in record.exercises]
    return replace(record, exercises=exercises)


def _with_last_of_selection(record, outcome, points):
    def changed(exercise):
        last = replace(exercise.checks[-1], outcome=Outcome(outcome), points=points)
        checks = [*exercise.checks[:-1], last]
        return replace(exercise, checks=checks, points=sum(c.points for c in checks))

    exercises = [changed(e) if e.id == "selection" else e for e in record.exercises]
    total = sum(e.points for e in exercises if not e.extra)
    return replace(record, exercises=exercises, points=total)

"""The record as JSON: its schema says what the types say, and what is damaged is refused."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from grader.records import record, schema, store
from grader.records.outcome import Outcome, Owner
from grader.records.record import Message, Record, Status
from tests.report import example_class


@pytest.fixture
def some():
    return example_class.class_records()["hong_gildong"]


def with_outcome(record, outcome):
    exercise = record.exercises[0]
    check = replace(exercise.checks[0], outcome=outcome, message=Message("failed"))
    return replace(record, exercises=[replace(exercise, checks=[check])])


def validate(data):
    Draft202012Validator(schema.schema()).validate(data)


def test_the_published_schema_is_the_one_of_the_types():
    published = Path(record.__file__).with_name("record.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == schema.schema()
    Draft202012Validator.check_schema(schema.schema())


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("status", list(Status))
def test_every_outcome_and_status_is_read_back_as_it_was(some, outcome, status):
    written = replace(with_outcome(some, outcome), status=status, problem=Message("empty"))
    data = json.loads(json.dumps(written.to_json()))
    validate(data)
    assert Record.from_json(data) == written


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("status",), "typo"),
        (("exercises", 0, "checks", 0, "outcome"), "typo"),
        (("points",), "10"),
        (("notes",), {}),
        (("exercises", 0, "extra"), 0),
    ],
)
def test_what_is_damaged_is_refused_by_both(some, place, value):
    data = json.loads(json.dumps(some.to_json()))
    *path, last = place
    inner = data
    for step in path:
        inner = inner[step]
    inner[last] = value
    with pytest.raises(ValueError, match=r"cannot be"):
        Record.from_json(data)
    with pytest.raises(ValidationError):
        validate(data)


def test_a_field_more_or_less_is_refused(some):
    data = json.loads(json.dumps(some.to_json()))
    for other in ({**data, "more": 1}, {k: v for k, v in data.items() if k != "layers"}):
        with pytest.raises(ValueError, match="missing or unknown"):
            Record.from_json(other)
        with pytest.raises(ValidationError):
            validate(other)


# What a line of the file must not be taken for, and what UTF-8 cannot hold.
ODD = '\n ]\n "exercises": [\n], \u2028 "한글" \\ \x00 \udc80'


@pytest.mark.parametrize("exercises", [True, False])
def test_what_is_written_is_read_back(some, tmp_path, exercises):
    odd = with_outcome(some, Outcome.FAILED)
    check = replace(odd.exercises[0].checks[0], detail=ODD, message=Message("failed", {"x": ODD}))
    odd = replace(
        odd,
        exercises=[replace(odd.exercises[0], checks=[check])] * 2 if exercises else [],
        source=ODD,
        problem=Message("empty", {"x": ODD}),
        lacking=[ODD],
    )
    text = store.text(odd)
    assert json.loads(text) == odd.to_json()
    assert len(text.splitlines()) >= len(odd.to_json()) + len(odd.exercises)
    store.write(odd, tmp_path / "odd.json")
    assert store.read(tmp_path / "odd.json") == odd


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_others_may_read_what_the_umask_lets_them(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        store.write_atomically(tmp_path / "record.json", "{}")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [mode]


def test_what_json_does_not_know_is_not_written(some):
    with pytest.raises(ValueError, match="JSON"):
        store.text(replace(some, points=float("nan")))


def test_only_what_is_ours_has_no_owner_among_students():
    assert [o for o in Outcome if o.owner is Owner.PLATFORM] == [Outcome.BROKEN]
    assert [o for o in Outcome if o.owner is Owner.NOBODY] == [Outcome.SKIPPED]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -(10**400), True])
def test_a_number_that_no_sum_can_have_is_refused(some, value):
    with pytest.raises(ValueError, match=r"Record\.points cannot be"):
        Record.from_json({**some.to_json(), "points": value})

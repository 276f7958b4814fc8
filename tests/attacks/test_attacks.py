"""No attack earns a point, reads a secret, or costs anybody else anything."""

from __future__ import annotations

import json

import pytest

from grader.i18n import say
from tests.attacks.packaging import PACKAGES
from tests.attacks.rows import HONEST, corpus

ROWS = [*corpus(), *(package.attack for package in PACKAGES)]


def check_of(record, name):
    return next(c for exercise in record.exercises for c in exercise.checks if c.id == name)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.family}-{row.name}")
def test_attack(graded, row):
    record = graded.records[row.student]
    assert record.status == ("graded" if row.check else row.outcome)
    results = [check for exercise in record.exercises for check in exercise.checks]
    printed = "\n".join(check.output + check.detail for check in results)
    assert "GOT" not in printed
    assert record.points == row.earns
    if row.check:
        result = check_of(record, row.check)
        message = result.message
        assert (result.outcome, message.code if message else "") == (row.outcome, row.reads)
        sentence = say(message.code, message.fields, "en") if message else ""
        assert row.staff in result.detail + result.output + sentence
    else:
        assert record.problem.code == row.reads
        assert row.staff in json.dumps(record.to_json(), ensure_ascii=False)


def test_the_neighbours_get_what_they_earned(graded):
    points = {name: graded.records[name].points for name in graded.neighbours}
    assert points == dict.fromkeys(graded.neighbours, HONEST)
    outcomes = {
        tuple(c.outcome for e in graded.records[name].exercises for c in e.checks)
        for name in graded.neighbours
    }
    assert len(outcomes) == 1


def test_the_batch_ends_well(graded):
    assert graded.exit_code == 0, graded.output
    assert len(graded.records) == len(ROWS) + len(graded.neighbours)

"""No value costs more than the one exercise that it was the answer to."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from grader.records import store
from grader.records.outcome import Outcome, Owner
from tests.burdens.values import sources

TOML = """
id = "burden"
package = "burden"
title = { en = "Burden", ko = "부담" }
allowed_packages = ["numpy", "torch"]
exercises = ["giving", "other"]

[limits]
check_seconds = 0.5
submission_seconds = 20
memory_mb = 256

[[file]]
name = "values.py"

[[file]]
name = "other.py"
"""

CHECKS = {
    "giving": ["is_equal", "is_close", "has_pairs", "differs", "counts"],
    "other": ["is_one"],
}
# As people write checks: some look at sizes first, some do not.
PUBLIC = """
import numpy as np

from grader.checking.expect import expect_close, expect_equal


def test_is_equal(student):
    value = student.values.give()
    expected = {str: "two\\nthree\\n", dict: {"a": [1, 2], "b": (3, {4})}}
    assert value == expected.get(type(value), [1.0, 2.0])


def test_is_close(student):
    value = student.values.give()
    if isinstance(value, dict):
        expect_equal(value, {"a": [1, 2], "b": (3, {4})})
    expect_close(value, np.zeros((2, 3)))


def test_has_pairs(student):
    values = np.asarray(student.values.give(), dtype=float).reshape(-1)
    assert np.abs(np.subtract.outer(values, values)).max() == 1


def test_differs(student):
    given = student.values.give()
    assert not any(a != b for a in given for b in given)
    assert False


def test_counts(student):
    assert sum(range(student.values.give())) == 3


def test_is_one(student):
    assert student.other.one() == 1
"""


def _exercise(name, checks, file):
    function = {"values.py": "give", "other.py": "one"}[file]
    text = f'file = "{file}"\npoints = {{ {function} = 5 }}\npreload = ["numpy", "torch"]\n'
    words = f'{{ en = "{name}", ko = "{name}" }}\n'
    text += f"title = {words}"
    for check in checks:
        text += f'\n[[check]]\nid = "{check}"\ntitle = {words}hint = {words}'
    return text


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Every burden handed in by a student of its own, and graded in one batch of one worker."""
    root = tmp_path_factory.mktemp("burdens")
    folder = root / "course" / "assignments" / "burden"
    files = {"assignment.toml": TOML, "checks/public/test_values.py": PUBLIC}
    for name, checks in CHECKS.items():
        file = "other.py" if name == "other" else "values.py"
        files[f"exercises/{name}.toml"] = _exercise(name, checks, file)
    reference = "../../reference/burden"
    files[f"{reference}/__init__.py"] = '"""Burden."""\n'
    files[f"{reference}/values.py"] = "def give(): return 1\n"
    files[f"{reference}/other.py"] = "def one(): return 1\n"
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for student, source in sources().items():
        handed_in = root / "submitted" / student
        handed_in.mkdir(parents=True)
        (handed_in / "values.py").write_text(source)
        (handed_in / "other.py").write_text("def one(): return 1\n")
    call = ["--course", str(root / "course"), "--lang", "en", "grade", "burden"]
    call += [str(root / "submitted"), "-o", str(root / "out"), "-j", "1"]
    done = CliRunner().invoke(main, call)
    assert done.exit_code == 0, done.output
    return {path.stem: store.read(path) for path in (root / "out/records/burden").glob("*.json")}


@pytest.mark.parametrize("student", sources())
def test_a_burden_costs_its_own_exercise_and_nothing_else(graded, student):
    record = graded[student]
    points = {exercise.id: exercise.points for exercise in record.exercises}
    assert points == {"giving": 0, "other": 5}
    for exercise in record.exercises:
        for check in exercise.checks:
            assert check.outcome.owner != Owner.PLATFORM, check.detail
            assert len(check.detail) < 50_000


def test_what_takes_the_grader_too_long_is_called_by_its_name(graded):
    def ending(student, check_id):
        checks = [c for exercise in graded[student].exercises for c in exercise.checks]
        check = next(check for check in checks if check.id == check_id)
        return check.outcome, check.message.code

    too_much = (Outcome.UNREADABLE, "too_much")
    # memory; time in Python; time in one step of a library, which ended the worker and so cost all
    # checks of the exercise
    assert ending("sizes-array", "has_pairs") == too_much
    assert ending("sizes-floats-within-the-limit", "differs") == too_much
    assert ending("contents-a-number-to-count-to", "is_equal") == too_much
    # what is only of the wrong size is simply wrong
    assert ending("sizes-array-that-grows-when-converted", "is_close")[0] == Outcome.FAILED
    assert ending("sizes-floats-within-the-limit", "is_close")[0] == Outcome.FAILED

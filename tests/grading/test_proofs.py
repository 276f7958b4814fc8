"""The short way of a known bug gives the outcomes of the whole way."""

import pytest

from grader.grading.engines.local import Pool
from grader.grading.proofs import Way
from grader.grading.worker import Job
from grader.intake.read import Submission

SUMS = {
    "right": "def add(a, b): return a + b",
    "wrong": "def add(a, b): return a - b",
    "for numbers only": "def add(a, b): return int(a) + int(b)",
    "raises": "raise ValueError('at import')",
    "ends": "import os\ndef add(a, b): os._exit(3)",
    "not yet": "def add(a, b): raise NotImplementedError",
    "counts": """
calls = 0
def add(a, b):
    global calls
    calls += 1
    print(calls)
    return a + b
""",
}
WORDS = {
    "right": 'def greet(name): return f"Hello {name}"',
    "wrong": "def greet(name): return name",
    "through another": "from tiny_package.sums import add\n"
    'def greet(name): return add("Hello ", name)',
}


@pytest.fixture(scope="module")
def packages():
    return {
        f"{one}, {other}": {
            "__init__.py": b"",
            "sums.py": sums.encode(),
            "words.py": words.encode(),
        }
        for one, sums in SUMS.items()
        for other, words in WORDS.items()
    }


def by_way(assignment, packages, way):
    jobs = [Job(Submission.in_memory(name, files), way=way) for name, files in packages.items()]
    return {
        graded.job.submission.student: graded.record
        for graded in Pool(1).grade_all(assignment, jobs)
    }


def told(record):
    return record.points, [
        (check.id, check.public, check.outcome, check.cases_passed, check.passes_with, check.traces)
        for exercise in record.exercises
        for check in exercise.checks
    ]


def test_a_bug_ends_as_a_students_package_would(tiny, packages):
    whole, short = (by_way(tiny, packages, way) for way in (Way.WHOLE, Way.BUG))
    assert {name: told(short[name]) for name in packages} == {
        name: told(whole[name]) for name in packages
    }
    assert len({told(record)[0] for record in whole.values()}) > 3


def test_its_public_and_hidden_checks_share_a_guest(tiny, packages):
    counting = {"counts": packages["counts, right"]}
    printed = {}
    for way in (Way.WHOLE, Way.BUG):
        adding, _ = by_way(tiny, counting, way)["counts"].exercises
        printed[way] = "".join(check.output for check in adding.checks).split()
    assert printed == {Way.WHOLE: ["1", "1"], Way.BUG: ["1", "2"]}


def test_what_was_too_heavy_is_not_run_again(tiny, packages):
    job = Job(
        Submission.in_memory("x", packages["right, right"]),
        way=Way.BUG,
        too_heavy=frozenset({"adding"}),
    )
    [graded] = Pool(1).grade_all(tiny, [job])
    adding, saying = graded.record.exercises
    assert ({check.message.code for check in adding.checks}, saying.points) == ({"too_much"}, 4)

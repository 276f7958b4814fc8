"""What cannot see a bug is not run for it; what can see it is."""

from dataclasses import replace
from functools import partial

import pytest

from grader.authoring import entered, verify
from grader.authoring.candidates import candidates, narrowed
from grader.course import assignment as assignments
from grader.grading.engines.local import Pool
from grader.grading.proofs import Way
from grader.grading.worker import Job
from grader.intake.read import Submission

SUMS = '''"""Sums."""

from __future__ import annotations

SHIFT = 0


def _carry(a, b=0):
    """What both use."""
    return a + b


def add(a, b):
    ### BEGIN SOLUTION
    return _carry(a, b)
    ### END SOLUTION


def twice(a):
    ### BEGIN SOLUTION
    return 2 * a + SHIFT
    ### END SOLUTION


class Sum:
    start = 0

    def of(self, numbers):
        def inner(a): return a
        return sum(map(inner, numbers), self.start)
'''

PUBLIC = """
def test_twice_doubles(student):
    assert student.sums.twice(2) == 4


def test_add_adds(student):
    assert student.sums.add(1, 2) == 3


def test_twice_doubles_again(student):
    assert student.sums.twice(3) == 6
"""

ADDING = """
file = "sums.py"
points = { add = 3, twice = 3 }
title = { en = "Adding", ko = "더하기" }
"""
CHECK = """
[[check]]
id = "{0}_{1}"
of = "{0}"
kind = "{2}"
title = {{ en = "x", ko = "x" }}
hint = {{ en = "x", ko = "x" }}
"""
CHECKS = [
    ("twice", "doubles", "core"),
    ("add", "adds", "core"),
    ("twice", "doubles_again", "core"),
    ("add", "adds_arrays", "edge"),
]

MUTANT = """
why = "x"
of = "{of}"
severity = "wrong"
[[change]]
file = "sums.py"
find = '''{find}'''
replace = '''{replace}'''
"""

PARTS = {
    "a_body": ("return _carry(a, b)", "return b", {"sums.py.add"}),
    "a_helper": ("return a + b", "return a", {"sums.py._carry"}),
    "a_method": ("sum(map(", "max(map(", {"sums.py.Sum.of"}),
    "a_function_in_a_method": ("(a): return a", "(a): return 1", {"sums.py.Sum.of"}),
    "a_comment": ("return _carry(a, b)", "return _carry(a, b)  # so", set()),
    "a_default_value": ("b=0", "b=1", None),
    "a_constant": ("SHIFT = 0", "SHIFT = 1", None),
    "a_class_attribute": ("start = 0", "start = 1", None),
    "a_decorator": ("def add", "@staticmethod\ndef add", None),
    "a_new_method": ("    start = 0", "    def __len__(self): return 1\n    start = 0", None),
    "a_new_name": ("def add", "def sum(*_): return 0\n\n\ndef add", None),
    "no_python": ("def add", "def add!", None),
}


@pytest.mark.parametrize("name", PARTS)
def test_where_a_file_differs(name):
    find, replace, functions = PARTS[name]
    reference = {"sums.py": SUMS.encode(), "words.py": b"x = 1"}
    files = {**reference, "sums.py": SUMS.replace(find, replace, 1).encode()}
    assert files != reference
    assert entered.changed(reference, files) == functions


@pytest.fixture
def sums(course):
    """The tiny course with two functions that share a helper, and `greet` standing on the file."""
    folder = course / "assignments" / "tiny"
    (course / "reference/tiny_package/sums.py").write_text(SUMS)
    (folder / "checks/public/test_sums.py").write_text(PUBLIC)
    (folder / "exercises/adding.toml").write_text(
        ADDING + "".join(CHECK.format(*check) for check in CHECKS)
    )
    saying = folder / "exercises/saying.toml"
    saying.write_text(saying.read_text().replace("points", 'uses = ["sums.py"]\npoints'))
    (folder / "mutants").mkdir()

    def load(**mutants):
        for name, (of, find, instead) in mutants.items():
            text = MUTANT.format(of=of, find=find, replace=instead)
            (folder / "mutants" / f"{name}.toml").write_text(text)
        model = assignments.load(folder, references=course / "reference")
        found = candidates(model, full=False)
        return model, {c.name: c for c in found}

    return load


def graded(model, files):
    job = Job(Submission.in_memory("x", files), way=Way.APART)
    [graded] = Pool(1).grade_all(model, [job])
    return graded.record


def test_what_a_check_has_entered(sums):
    model, _ = sums()
    files, functions = entered.announcing(model.reference_files())
    seen = entered.entered(model, graded(model, files), functions)
    add, carry, twice = "sums.py.add", "sums.py._carry", "sums.py.twice"
    assert seen == {
        "twice_doubles": {twice},
        "add_adds": {add, carry},
        "add_adds_arrays": {add, carry},
        "twice_doubles_again": {twice},
        "greet_greets": {"words.py.greet"},
    }


def test_of_a_check_that_fails_nothing_is_known(sums):
    model, _ = sums()
    files, functions = entered.announcing(
        {**model.reference_files(), "sums.py": SUMS.replace("_carry(a, b)", "0").encode()}
    )
    seen = entered.entered(model, graded(model, files), functions)
    assert seen.keys() == {"twice_doubles", "twice_doubles_again", "greet_greets"}


def test_what_cannot_see_a_bug_is_not_run(sums):
    model, found = sums(
        carry=("add", "return a + b", "return a - b"), anywhere=("twice", "b=0", "b=1")
    )
    seen = {"twice_doubles": {"a"}, "add_adds": {"sums.py._carry"}, "twice_doubles_again": {"b"}}
    narrow_by = partial(narrowed, model, model.reference_files())
    whole, narrow = found["carry"], narrow_by(found["carry"], seen)
    assert whole.exercises == ("adding", "saying")
    # its own checks always, and `greet_greets`, of which nothing is known
    assert (narrow.exercises, narrow.without_checks) == (
        ("adding", "saying"),
        {"twice_doubles", "twice_doubles_again"},
    )
    narrow = narrow_by(found["carry"], seen | {"greet_greets": {"words.py.greet"}})
    assert narrow.exercises == ("adding",)
    assert narrow_by(found["reference"], seen) == found["reference"]
    assert narrow_by(found["anywhere"], seen) == replace(found["anywhere"], way=Way.WHOLE)
    assert narrow_by(whole, {}) == whole


def test_what_a_bug_leaves_behind_is_seen(sums):
    """`twice` never enters `add`, but runs after it in the same guest."""
    bug = "global SHIFT; SHIFT = 1; return 0"
    mutants = {
        f"m{n}": ("add", "return _carry(a, b)", f"return {n}.5") for n in range(verify.ENOUGH)
    }
    model, found = sums(leaves=("add", "return _carry(a, b)", bug), **mutants)
    verdicts = {v.candidate.label: v for v in verify.verify(model, [*found.values()], Pool(1))}
    assert [name for name, v in verdicts.items() if v.faults] == ["mutant leaves"]
    assert verdicts["mutant leaves"].faults == [
        "twice pays too: twice_doubles_again [core, failed]"
    ]
    for name, verdict in verdicts.items():
        if verdict.candidate.bug:  # neither what comes before it nor the other exercise is run
            [adding] = verdict.record.exercises
            own = {"add_adds", "add_adds_arrays"}
            left = {"twice_doubles_again"} if name == "mutant leaves" else set()
            assert {check.id for check in adding.checks} == own | left

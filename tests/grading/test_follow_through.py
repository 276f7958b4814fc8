"""A slip is paid for once: whose checks count through others' slips, and whose do not."""

import ast
import json
from dataclasses import replace

import pytest

from grader.boundary.guest.looks_behind import looks_behind
from grader.course import assignment as assignments
from grader.grading.engines.local import Pool
from grader.grading.follow_through import without
from grader.grading.worker import Job
from grader.intake.read import Submission
from grader.scoring.points import excused

ASSIGNMENT = """
id = "chain"
package = "chain"
title = { en = "Chain", ko = "사슬" }
exercises = ["below", "above"]

[limits]
check_seconds = 1
import_seconds = 1
timeouts = 1

[[file]]
name = "base.py"

[[file]]
name = "top.py"

[[forbidden]]
names = ["math", "fractions", "sacrebleu"]
instead = { en = "Use plain arithmetic.", ko = "사칙연산을 쓰세요." }
"""

# Each function has 10 points, a core check called as it is, and perhaps an edge check.
POINTS = {
    "below": ("base.py", ["double", "sextuple", "pack", "unpack", "Scale"]),
    "above": ("top.py", ["quadruple", "product", "is_even", "is_odd", "Grow"]),
}
CHECKS = {
    "double": ["base.double(3) == 6", "base.double(-1) == -2"],
    "sextuple": ["base.sextuple(2) == 12"],
    "pack": ["base.unpack(base.pack(5)) == 5"],
    "unpack": ["base.unpack(base.pack(7)) == 7"],
    "Scale": ["base.Scale(3).of(2) == 6"],
    "quadruple": ["top.quadruple(3) == 12", "top.quadruple(-1) == -4"],
    "product": ["top.product([2, 3, 4]) == 24"],
    "is_even": ["top.is_even(4) is True"],
    "is_odd": ["top.is_odd(5) is True"],
    "Grow": ["top.Grow(2).twice(3) == 12"],
}

BASE = """
import math


def _add(a, b):
    return a + b


def double(x):
    return int(math.fsum([x, x]))


def _three_times(x):
    return _add(x, _add(x, x))


def sextuple(x):
    return _three_times(double(x))


def pack(x):
    return ("a", x)


def unpack(packed):
    assert packed[0] in "ab"
    return packed[1]


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def of(self, x):
        return self.factor * x
"""

TOP = """
from .base import Scale, double


def quadruple(x):
    return double(double(x))


def product(numbers):
    result = 1
    for number in numbers:
        result = Scale(number).of(result)
    return result


def is_even(n):
    return n == 0 or is_odd(n - 1)


def is_odd(n):
    return n != 0 and is_even(n - 1)


class Grow(Scale):
    def twice(self, x):
        return self.of(self.of(x))
"""
HONEST_BASE = BASE.replace("int(math.fsum([x, x]))", "x + x").replace("import math\n", "")


def chain(folder):
    """An assignment in which functions stand on one another, in a file and across files."""
    home = folder / "assignments" / "chain"
    texts = {home / "assignment.toml": ASSIGNMENT}
    tests = []
    for exercise, (file, names) in POINTS.items():
        points = ", ".join(f"{name} = 10" for name in names)
        lines = [f'file = "{file}"', f"points = {{ {points} }}", 'title = { en = "x", ko = "x" }']
        for name in names:
            for kind, call in zip(("core", "edge"), CHECKS[name], strict=False):
                check = f"{name}_{kind}".lower()
                needs = f'needs = ["{name}_core"]' if kind == "edge" else ""
                lines += ["[[check]]", f'id = "{check}"', f'of = "{name}"', f'kind = "{kind}"']
                lines += [needs, 'title = { en = "x", ko = "x" }', 'hint = { en = "x", ko = "x" }']
                tests += [f"def test_{check}(student):\n    base, top = student.base, student.top"]
                tests += [f"    assert {call}\n"]
        texts[home / "exercises" / f"{exercise}.toml"] = "\n".join(lines)
    texts[home / "checks" / "hidden" / "test_chain.py"] = "\n".join(tests)
    reference = folder / "reference" / "chain"
    texts |= {
        reference / "__init__.py": "",
        reference / "base.py": BASE,
        reference / "top.py": TOP,
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return assignments.load(home, references=folder / "reference")


@pytest.fixture
def graded(tmp_path):
    assignment = chain(tmp_path)

    def grade(*changes, base=None, top=None):
        """The record of a right package after `changes`, each (old, new)."""
        texts = {"base.py": base or HONEST_BASE, "top.py": top or TOP}
        for old, new in changes:
            assert any(old in text for text in texts.values()), old
            texts = {name: text.replace(old, new) for name, text in texts.items()}
        files = {name: text.encode() for name, text in texts.items()}
        [graded] = Pool(1).grade_all(assignment, [Job(Submission.in_memory("x", files))])
        return graded.record

    return grade


def lost(record):
    """Function -> points that it does not have."""
    return {
        function.name: function.possible - function.points
        for exercise in record.exercises
        for function in exercise.functions
        if function.points != function.possible
    }


def passes_with(record):
    return {
        check.id: check.passes_with
        for exercise in record.exercises
        for check in exercise.checks
        if check.passes_with
    }


WRONG_DOUBLE = ("return x + x", "return x + 1 if x > 0 else x + x")


def test_a_right_package_has_everything(graded):
    record = graded()
    assert (record.points, lost(record), passes_with(record)) == (100, {}, {})


def test_a_slip_is_paid_for_once_across_files_and_within_one(graded):
    record = graded(WRONG_DOUBLE)
    assert lost(record) == {"double": 10}  # core fails, and edge waits for it
    assert passes_with(record) == {
        "sextuple_core": ["double"],
        "quadruple_core": ["double"],
        "quadruple_edge": ["double"],  # it waited for the other
    }
    assert excused(record.exercises) == passes_with(record)


def test_two_slips_of_which_neither_stands_on_the_other_are_paid_twice(graded):
    record = graded(WRONG_DOUBLE, ("return n != 0 and is_even(n - 1)", "return n == 0"))
    assert lost(record) == {"double": 10, "is_odd": 10}
    assert "is_even_core" in passes_with(record)  # 4 is even once is_odd is right


def test_a_slip_of_its_own_is_paid_for_though_it_stands_on_a_wrong_function(graded):
    record = graded(WRONG_DOUBLE, ("return double(double(x))", "return double(x)"))
    assert lost(record) == {"double": 10, "quadruple": 10}


def test_what_fails_alone_is_not_run_again(graded):
    record = graded(("return double(double(x))", "return double(x)"))
    assert (lost(record), passes_with(record)) == ({"quadruple": 10}, {})


def test_where_two_fail_only_with_one_another_the_first_pays(graded):
    record = graded(('("a", x)', '("b", x)'), ('in "ab"', 'in "a"'))
    assert passes_with(record) == {"pack_core": ["unpack"], "unpack_core": ["pack"]}
    assert lost(record) == {"pack": 10}


def test_a_function_that_is_not_written_yet(graded):
    record = graded(("return x + x", "raise NotImplementedError"))
    assert lost(record) == {"double": 10}


def test_a_file_that_is_no_python_costs_its_own_functions_alone(graded):
    record = graded(("def _add(a, b):", "def _add(a, b:"))
    assert lost(record) == dict.fromkeys(POINTS["below"][1], 10)
    # nothing in the other file could be imported, is_even either
    assert set(POINTS["below"][1]) <= set(passes_with(record)["is_even_core"])


def test_a_file_that_does_not_import_costs_its_own_functions_alone(graded):
    assert lost(graded(base="import nothing_like_it\n")) == dict.fromkeys(POINTS["below"][1], 10)


def test_a_private_helper_is_a_matter_of_who_uses_it(graded):
    slip = ("return a + b", "return a + b + 1")  # of _add, by which only sextuple works
    assert lost(graded(slip)) == {"sextuple": 10}
    # the helper stays the student's where its user is the one under test
    assert lost(graded(slip, WRONG_DOUBLE)) == {"sextuple": 10, "double": 10}


def test_a_class_under_test_derives_from_one_that_stands_in(graded):
    record = graded(("return self.factor * x", "return self.factor + x"))
    assert passes_with(record) == {"product_core": ["Scale"], "grow_core": ["Scale"]}
    assert lost(record) == {"Scale": 10}


def test_a_function_that_calls_itself_by_another_module_stays_the_students(graded):
    # its own is wrong below 4, and what it calls must not be answered by the reference
    record = graded(
        ("from .base import Scale, double", "from . import top\nfrom .base import Scale, double"),
        ("return n == 0 or is_odd(n - 1)", "return top.is_even(n - 2) if n == 4 else n == 0"),
        WRONG_DOUBLE,
    )
    assert lost(record) == {"double": 10, "is_even": 10}


def test_the_reference_calls_the_function_under_test_of_the_student(graded):
    # is_even(4) asks is_odd(3) of the reference, which asks is_even(2) of the student's, a slip;
    # is_odd(5) fails by that alone
    slip = ("return n == 0 or is_odd(n - 1)", "return n != 2 and (n == 0 or is_odd(n - 1))")
    record = graded(slip, WRONG_DOUBLE)
    assert passes_with(record)["is_odd_core"] == ["is_even"]
    assert lost(record) == {"double": 10, "is_even": 10}


def test_a_time_out_through_another_function_counts(graded):
    record = graded(("return x + x", "while True: pass"))
    assert lost(record) == {"double": 10}
    # one time-out ends this exercise: of the others no check was run before stand-ins were there
    assert passes_with(record)["scale_core"] == ["double"]


def test_a_function_that_hangs_costs_nobody_elses_points(graded):
    record = graded(("return double(double(x))", "while True: pass"))
    assert lost(record) == {"quadruple": 10}


APART = """
def quadruple(x): return 4 * x
def product(numbers): return numbers[0] * product(numbers[1:]) if numbers else 1
def is_even(n): return n == 0 or is_odd(n - 1)
def is_odd(n): return False

class Grow:
    def __init__(self, factor): self.factor = factor
    def twice(self, x): return self.factor * self.factor * x
"""


def test_a_file_that_hangs_whatever_stands_in_is_waited_for_once_more(tmp_path):
    """Or no time would be left for the others; one that hangs in a function of its own is not it."""
    assignment = chain(tmp_path)
    limits = replace(assignment.limits, submission_seconds=4.5)
    alone = {"base.py": HONEST_BASE + "while True: pass\n", "top.py": APART}
    slow = ("def double(x):", "def double(x):\n    while True: pass")
    calls = {"base.py": (HONEST_BASE + "double(3)\n").replace(*slow), "top.py": TOP}
    jobs = [
        Job(Submission.in_memory(name, {file: text.encode() for file, text in files.items()}))
        for name, files in {"alone": alone, "calls": calls}.items()
    ]
    records = {
        graded.record.student: graded.record
        for graded in Pool(1).grade_all(replace(assignment, limits=limits), jobs)
    }
    assert set(lost(records["alone"])) == {"is_odd", *POINTS["below"][1]}
    assert passes_with(records["alone"]) == {"is_even_core": ["is_odd"]}
    assert "double" in lost(records["calls"])
    assert "sextuple" not in lost(records["calls"])


def test_an_own_time_out_is_paid_for(graded):
    record = graded(("return double(double(x))", "while True: pass"), WRONG_DOUBLE)
    assert lost(record) == {"double": 10, "quadruple": 10}


def test_stand_ins_may_use_what_the_student_may_not(graded):
    # the reference's double uses math; the student's own pays for it, and for its slip only once
    slip = ("return x + x", "import math\n    return int(math.fsum([x, x, 1]))")
    record = graded(slip)
    assert {c.outcome for c in record.exercises[0].checks} == {"forbidden"}
    # its exercise was refused as a whole: with all that its checks called
    assert passes_with(record)["quadruple_core"] == ["double", "Scale"]
    assert lost(record) == dict.fromkeys(POINTS["below"][1], 10)


def test_a_forbidden_import_is_paid_for_by_the_file_that_it_stands_in(graded):
    record = graded(base=f"import sacrebleu\n{HONEST_BASE}")
    assert {c.outcome for e in record.exercises for c in e.checks} == {"forbidden"}
    assert lost(record) == dict.fromkeys(POINTS["below"][1], 10)


def test_who_imports_what_is_forbidden_from_another_file_pays_too(graded):
    slip = ("return double(double(x))", "return int(base.fractions.Fraction(4 * x))")
    top = TOP.replace("from .base", "from . import base\nfrom .base")
    record = graded(slip, base=f"import fractions\n{HONEST_BASE}", top=top)
    assert lost(record) == dict.fromkeys([*POINTS["below"][1], *POINTS["above"][1]], 10)


def test_nothing_that_such_a_guest_prints_or_raises_is_shown(graded):
    telling = """seen = double(3) == 6
    print("TOLD" if seen else "quiet")
    if seen:
        raise ValueError("TOLD")
    return double(double(x))"""
    record = graded(("return double(double(x))", telling), WRONG_DOUBLE)
    text = json.dumps(record.to_json())
    assert "quiet" in text
    assert "TOLD" not in text
    assert lost(record) == {"double": 10, "quadruple": 10}


def test_no_two_functions_share_such_a_guest(graded):
    # sextuple leaves a mark once it runs beside stand-ins; quadruple is right only with the mark
    record = graded(
        ("return _three_times(double(x))", "marks.append(double(3)); return 12 * (x == 2)"),
        ("def _three_times", "marks = []\n\n\ndef _three_times"),
        ("from .base import Scale, double", "from .base import Scale, double, marks"),
        ("return double(double(x))", "return double(double(x)) if 6 in marks else 0"),
        WRONG_DOUBLE,
    )
    assert "quadruple" in lost(record)


@pytest.mark.parametrize(
    "line",
    [
        "import inspect",
        "from gc import get_objects",
        "import sys; sys.modules",
        "import sys as s; s._getframe(1)",
        "from sys import setprofile",
        "import numpy as np; np.sys.modules['x']",
        "double.__globals__",
        "getattr(double, '__glo' + 'bals__')",
        "import operator; operator.attrgetter('x')",
        "match double:\n    case object(__globals__=found): pass",
        "__loader__",
        "__builtins__",
        "import _chain.base",
        "eval('1')",
        "'{0.__globals__}'.format(double)",
        "('{0.__glo' + 'bals__}').format(double)",
        "ｇｅｔａｔｔｒ(double, 'x')",  # an identifier is what it stands for
    ],
)
def test_what_can_look_behind_a_call_is_not_followed_through(line):
    source = f"from .base import double\n{line}\n".encode()
    assert looks_behind(source, "chain")


@pytest.mark.parametrize(
    "line",
    [
        "import re; re.compile('x')",
        "import sys; sys.setrecursionlimit(5000); sys.maxsize",
        "model.eval(); model.modules(); model.__class__.__name__",
        "if __name__ == '__main__': pass",
        "import os, math, collections, functools, operator; operator.itemgetter(0)",
        '"""Read the globals, then evaluate and compile."""',
        "'{} of {:.2f}'.format(1, 2); f'{1}'",
        "class A:\n    def __init__(self): super().__init__()\n    def __len__(self): return 1",
    ],
)
def test_ordinary_code_is_followed_through(line):
    assert not looks_behind(f"{line}\n".encode(), "chain")


def test_code_that_looks_behind_is_graded_but_not_followed_through(graded):
    looking = ("def quadruple", "import inspect\n\n\ndef quadruple")
    assert lost(graded(looking)) == {}
    # beside base.py alone, which is all that `sextuple` needs, nothing looks
    assert lost(graded(looking, WRONG_DOUBLE)) == {"double": 10, "quadruple": 10}


def names_in(source):
    return [node.name for node in ast.parse(source).body if hasattr(node, "name")]


def test_the_reference_goes_without_the_function_and_its_own_helpers():
    left = without(BASE.encode(), "sextuple", frozenset({"double"}))  # which stands in itself
    assert names_in(left) == ["double", "pack", "unpack", "Scale"]
    assert left.endswith(b"sextuple = None\n")


def test_what_only_the_function_uses_goes_with_it():
    source = b"""
ANSWERS = {1: 2}
SHARED: int = 3
FIRST, SECOND = 1, 2
def _deep(): return _deep() or ANSWERS
def _own(): return _deep()
def _shared(): return SHARED
def _unused(): return 3
def public(): return 4
def f(): return _own() + _shared() + public() + FIRST
def g(): return _shared()
"""
    left = without(source, "f")
    assert names_in(left) == ["_shared", "_unused", "g"]
    assert b"ANSWERS" not in left
    assert b"SHARED" in left
    assert b"FIRST" in left  # an assignment of several names stays
    assert names_in(without(source, "f", frozenset({"public", "_deep"}))) == [
        *("_deep", "_shared", "_unused", "public", "g"),
    ]


def test_a_class_goes_as_a_whole_and_comments_with_it():
    left = without(b"class A:\n    # the trick\n    x = 1\n\n\ndef g():\n    return A\n", "A")
    assert names_in(left) == ["g"]
    assert b"trick" not in left

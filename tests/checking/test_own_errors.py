"""An error that no answer can cause is the check's own, and no answer can look like one."""

import importlib.util
import sys

import pytest

from grader.checking.own_errors import CheckCode
from grader.course import assignment as assignments
from grader.grading.engines.local import Pool
from grader.grading.worker import Job
from grader.intake.read import Submission

OWN = {
    "a name of another check": """
def other():
    expected = 3
def check(answer):
    assert answer == expected
""",
    "in a part of the check": """
def check(answer):
    assert all(one == expected for one in [answer])
""",
    "in a handler": """
def check(answer):
    try:
        answer.no_such_thing
    except AttributeError:
        assert answer == expected
""",
    "a module that is not there": """
def check(answer):
    import nothing_like_it
""",
    "part of a package that is not there": """
def check(answer):
    import json.nothing_like_it
""",
    "a module that does not parse": """
def check(answer):
    import half_written
""",
    "a name that a module does not have": """
def check(answer):
    from math import sqroot
""",
}
THEIRS = {
    "a loop over nothing": (
        [],
        """
def check(answer):
    for got in answer:
        pass
    assert got == 3
""",
    ),
    "a free name": (
        [],
        """
def check(answer):
    for got in answer:
        pass
    assert (lambda: got)() == 3
""",
    ),
    "a global that the check binds": (
        [],
        """
def check(answer):
    global got
    for got in answer:
        pass
    assert got == 3
""",
    ),
    "a name that the file binds": (
        [],
        """
try:
    import nothing_like_it
except ImportError:
    pass
def check(answer):
    assert answer == nothing_like_it
""",
    ),
    "a class body": (
        [],
        """
def check(answer):
    class Got:
        for one in answer:
            pass
        last = one
""",
    ),
    "an expression": ("expected", "def check(answer): assert eval(answer) == 3"),
    "a function": ("(lambda: expected)()", "def check(answer): assert eval(answer) == 3"),
    "a program": ("import nothing_like_it", "def check(answer): exec(answer)"),
    "no program": ("x = (", "import ast\ndef check(answer): ast.parse(answer)"),
    "no program, compiled": ("x = (", "def check(answer): compile(answer, __file__, 'exec')"),
    "a module's name": ("nothing_like_it", "def check(answer): __import__(answer)"),
    "a module's name, imported": (
        "nothing_like_it",
        "import importlib\ndef check(answer): importlib.import_module(answer)",
    ),
    "a text that is raised": ("name 'x' is not defined", "def check(a): raise NameError(a)"),
    "with a name": ("expected", "def check(a): raise NameError(a, name=a)"),
    "a module that fails": ("", "def check(answer): import out_of_memory"),
    "what it falls back on": (
        "",
        """
def check(answer):
    try:
        import out_of_memory
    except ImportError:
        import nothing_like_it
""",
    ),
    "a name of a module that came later": ("", "def check(answer): from later import nothing"),
    "no number": (None, "def check(answer): assert answer + 1 == 3"),
    "no such attribute": (3, "def check(answer): assert answer.shape == ()"),
    "no such key": ({}, "def check(answer): assert answer['a'] == 3"),
}


@pytest.fixture
def is_own(tmp_path, monkeypatch):
    """Whether what such a check raises is its own error."""
    root = tmp_path / "checks"
    (root / "hidden").mkdir(parents=True)
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "half_written.py").write_text("x = (\n", encoding="utf-8")
    (beside / "out_of_memory.py").write_text("raise ImportError('no memory')\n", encoding="utf-8")
    (beside / "later.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a file is written twice in a second
    monkeypatch.syspath_prepend(str(beside))
    monkeypatch.chdir(root)  # code from a text lies nowhere, not here

    def judge(source, answer):
        path = root / "hidden" / "test_it.py"
        path.write_text(source, encoding="utf-8")
        spec = importlib.util.spec_from_file_location("test_it", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        code = CheckCode(root)
        with pytest.raises(Exception) as raised:
            module.check(answer)
        raised.value.__traceback__ = raised.value.__traceback__.tb_next  # ours
        return code.is_at_fault(raised.value)

    yield judge
    for name in ("half_written", "out_of_memory", "later"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("answer", [3, None, [], "expected"], ids=repr)
@pytest.mark.parametrize("source", OWN.values(), ids=OWN)
def test_what_no_answer_can_cause_is_the_checks_own(is_own, source, answer):
    assert is_own(source, answer)


@pytest.mark.parametrize(("answer", "source"), THEIRS.values(), ids=THEIRS)
def test_what_an_answer_can_cause_stays_the_students(is_own, answer, source):
    assert not is_own(source, answer)


def test_an_error_of_another_file_is_not_the_checks(is_own, tmp_path):
    (tmp_path / "beside" / "later.py").write_text("def f(): return expected\n", encoding="utf-8")
    assert not is_own("import later\ndef check(answer): later.f()", 3)


def test_what_was_never_raised_has_no_place(tmp_path):
    assert not CheckCode(tmp_path).is_at_fault(NameError("x", name="x"))


def test_a_file_that_has_changed_since_tells_nothing(is_own, tmp_path):
    path = tmp_path / "checks" / "hidden" / "test_it.py"
    gone = "from pathlib import Path\n"
    source = gone + "def check(answer):\n    Path(__file__).{}\n    return expected\n"
    assert is_own(source.format("read_bytes()"), 3)
    assert not is_own(source.format("write_text('x = (')"), 3)
    assert not is_own(source.format("unlink()"), 3)
    assert not path.exists()


CHECK = """
def test_add_adds(student):
    {body}
"""
SUBMITTED = {
    "right": "def add(a, b): return a + b\n",
    "wrong": "def add(a, b): return None\n",
    "hostile": "def add(a, b): raise NameError('x', name='expected')\n",
    "no module": "def add(a, b): raise ModuleNotFoundError('x', name='x')\n",
    "no text": "def add(a, b): exec('x = (')\n",
}


@pytest.mark.parametrize("public", [True, False], ids=["public", "hidden"])
@pytest.mark.parametrize("memo", [True, False], ids=["called", "by pytest"])
def test_a_slip_in_a_check_costs_nobody_a_point(course, public, memo):
    """And what a student's code raises is the student's, whatever it is."""
    checks = course / "assignments" / "tiny" / "checks"
    path = checks / "public" / "test_sums.py"
    if not public:
        path = path.rename(checks / "hidden" / "test_sums.py")
    tiny = assignments.load(checks.parent)

    def outcomes(body):
        path.write_text(CHECK.format(body=body), encoding="utf-8")
        jobs = [
            Job(Submission.in_memory(name, {"sums.py": source.encode()}))
            for name, source in SUBMITTED.items()
        ]
        found = {}
        for graded in Pool(1, memo=memo).grade_all(tiny, jobs):
            [added] = [c for e in graded.record.exercises for c in e.checks if c.id == "add_adds"]
            found[graded.record.student] = (
                added.outcome.value,
                added.message and added.message.code,
            )
        return found

    slip = outcomes("assert student.sums.add(1, 2) == expected")
    ours = ("broken", "broken")
    raised = ("raised", "raised" if public else "raised_hidden")
    theirs = dict.fromkeys(("hostile", "no module", "no text"), raised)
    assert slip == {"right": ours, "wrong": ours, **theirs}
    sound = outcomes("assert student.sums.add(1, 2) + 0 == 3")
    assert {name: outcome for name, (outcome, _) in sound.items()} == {
        "right": "passed", "wrong": "failed", **dict.fromkeys(theirs, "raised"),
    }  # fmt: skip

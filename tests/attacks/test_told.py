"""A student's page says of a hidden check how it ended, and nothing that its inputs could choose.

Two courses differ in one hidden input alone. Each spy is handed in to both, knows the input and
tells it by another channel, ending each check in the same way. Staff see the difference, so the act
is real; a student may see none.
"""

import re

import pytest
from click.testing import CliRunner

from grader.boundary.requirements import refuse_weak_jail
from grader.cli.main import main
from grader.errors import GraderError
from grader.records import store

SECRETS = (4, 7)
ASSIGNMENT = """
id = "told"
package = "told"
title = { en = "Told", ko = "새는 과제" }
exercises = ["above", "below"]
allowed_packages = []

[limits]
check_seconds = 1
import_seconds = 1

[[file]]
name = "top.py"

[[file]]
name = "base.py"

[[forbidden]]
names = ["fractions"]
instead = { en = "Use plain arithmetic.", ko = "사칙연산을 쓰세요." }
"""
EXERCISES = {
    "above": ("top.py", {"follows": ["follows"], "thing": ["makes", "meets"]}),
    "below": ("base.py", {"plus": ["adds"], "minus": ["subtracts"]}),
}
HIDDEN = """
import pytest

SECRET = @SECRET@


@pytest.mark.parametrize("more", [0, 10, 20])
def test_follows(student, more):
    assert student.top.follows(SECRET + more) == SECRET + more + 1


def test_makes(student):
    thing = student.top.thing(SECRET)
    assert (thing.one, thing.other) == (1, 2)


def test_meets(student):
    student.top.thing(SECRET)
    assert student.base.minus(SECRET) == SECRET - 1


def test_adds(student):
    assert student.base.plus(SECRET) == SECRET + 1


def test_subtracts(student):
    assert student.base.minus(SECRET) == SECRET - 1
"""
PUBLIC = """
def test_zero(student):
    assert student.top.follows(0) == 1


def test_plus_zero(student):
    assert student.base.plus(0) == 1
"""
TOP = """
from types import SimpleNamespace

from .base import minus, plus


def follows(n):
    return plus(n)


def thing(n):
    return SimpleNamespace(one=1, other=2)
"""
BASE = """
def plus(n):
    return n + 1


def minus(n):
    return n - 1
"""
LINES = "\n".join(f"    if n % 10 == {i}: raise ValueError" for i in range(10))
FORBIDDEN = "\n".join(
    f"    if n and n % 10 == {i}: __import__('frac' + 'tions')" for i in range(10)
)
STUBS = "\n".join(f"def stub_{i}(): raise NotImplementedError" for i in range(10))
# Channel -> what stands in place of `follows` in top.py (or of another function).
FOLLOWS = {
    "line": f"def follows(n):\n{LINES}",
    "kind_of_exception": "def follows(n):\n    raise [ValueError, KeyError, OSError, IndexError][n % 4]",
    "class_of_ones_own": "def follows(n):\n    raise type(f'Saw{n}', (Exception,), {})",
    "text": "def follows(n):\n    raise ValueError(f'saw {n}')",
    "output": "def follows(n):\n    print('saw', n)",
    "value": "def follows(n):\n    return 1000 * n",
    "type": "def follows(n):\n    return type(f'Saw{n}', (), {})()",
    "name_of_a_stub": (
        f"{STUBS}\ndef follows(n):\n    if n: globals()[f'stub_{{n % 10}}']()\n    return 1"
    ),
    "exit_code": "import os\ndef follows(n):\n    os._exit(n)",
    "signal": "import os\ndef follows(n):\n    os.kill(os.getpid(), [9, 15, 10, 12][n % 4])",
    "exit_or_signal": "import os\ndef follows(n):\n    os._exit(1) if n % 2 else os.kill(os.getpid(), 9)",
    "number_of_cases": "def follows(n):\n    return n + 1 if n in (4, 17, 27) else 0",
    "place_of_the_forbidden": f"def follows(n):\n{FORBIDDEN}",
    "process_or_exception": (
        "import subprocess\ndef follows(n):\n"
        "    if n % 2: raise OSError\n    subprocess.run(['true'])"
    ),
    "time": "def follows(n):\n    for _ in range(n * n * 20_000): pass",
    "calls_beside_the_reference": (
        "from .base import minus, plus\ndef follows(n):\n    return plus(n) if n % 2 else minus(n) + 2"
    ),
}
OTHERS = {
    "attribute_that_is_missing": {
        "top.py": TOP.replace(
            "SimpleNamespace(one=1, other=2)",
            "SimpleNamespace(one=1) if n % 2 else SimpleNamespace(other=2)",
        )
    },
    "line_of_an_import": {
        "top.py": TOP.replace("from .base import minus, plus", "import sys").replace(
            "    return Simple", "    sys.saw = n\n    return Simple"
        ),
        "base.py": "import sys\nn = getattr(sys, 'saw', 0)\nif n:\n" + LINES,
    },
    "import_that_hangs": {
        "top.py": TOP.replace("from .base import minus, plus", "import sys").replace(
            "    return Simple", "    sys.saw = n\n    return Simple"
        ),
        "base.py": (
            "import sys\nwhile getattr(sys, 'saw', 0) == 4: pass\n"
            "def plus(n): return n + 1\ndef minus(n):\n    while hasattr(sys, 'saw'): pass\n"
        ),
    },
    "name_that_is_missing": {
        "base.py": (
            "def plus(n): return n + 1\n"
            "def __getattr__(name):\n    import sys\n"
            "    if getattr(sys, 'saw', 0) % 2: raise AttributeError\n    return stub\n"
            "def stub(n): raise NotImplementedError\n"
        ),
        "top.py": TOP.replace("from .base import minus, plus", "import sys").replace(
            "    return Simple", "    sys.saw = n\n    return Simple"
        ),
    },
}
PUBLIC_OF = {"follows": ["zero"], "plus": ["plus_zero"]}
CLOCK = "def plus(n):\n    import time\n    print(time.monotonic_ns())\n    return 0\n"
WRONG_BASE = "def plus(n): return 0\ndef minus(n): return 0\n"


def spies():
    """Channel -> the files of the spy."""
    honest = "def follows(n):\n    return plus(n)\n"
    own = {name: {"top.py": TOP.replace(honest, f"{code}\n")} for name, code in FOLLOWS.items()}
    own["calls_beside_the_reference"]["base.py"] = WRONG_BASE
    return own | OTHERS | {"clock": {"base.py": CLOCK + "def minus(n): return n - 1\n"}}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """OUT of each of the two courses, graded and reported as a teacher does."""
    try:
        refuse_weak_jail()
    except GraderError as error:
        pytest.skip(f"NOT PROVEN: {error}")
    roots = [tmp_path_factory.mktemp(f"world_{secret}") for secret in SECRETS]
    for root, secret in zip(roots, SECRETS, strict=True):
        _course(root / "course", secret)
        for name, files in spies().items():
            _write(root / "submitted" / name, {"top.py": TOP, "base.py": BASE} | files)
        _grader(root, "grade", "told", str(root / "submitted"), "-o", str(root / "out"))
        _grader(root, "report", str(root / "out"))
    return [root / "out" for root in roots]


def _grader(root, *arguments):
    done = CliRunner().invoke(main, ["--lang", "en", "--course", str(root / "course"), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def _course(folder, secret):
    texts = {
        "assignments/told/assignment.toml": ASSIGNMENT,
        "assignments/told/checks/hidden/test_told.py": HIDDEN.replace("@SECRET@", str(secret)),
        "assignments/told/checks/public/test_zero.py": PUBLIC,
        "assignments/told/handout.en.md": "# Told\n",
        "assignments/told/handout.ko.md": "# Told\n",
        "reference/told/__init__.py": "",
        "reference/told/top.py": TOP,
        "reference/told/base.py": BASE,
    }
    words = 'title = { en = "x", ko = "x" }\nhint = { en = "x", ko = "x" }\n'
    for name, (file, functions) in EXERCISES.items():
        points = ", ".join(f"{function} = 5" for function in functions)
        uses = 'uses = ["base.py"]' if name == "above" else ""  # its `meets` does
        text = (
            f'file = "{file}"\n{uses}\npoints = {{ {points} }}\ntitle = {{ en = "x", ko = "x" }}\n'
        )
        for function, checks in functions.items():
            for check in [*checks, *PUBLIC_OF.get(function, [])]:
                text += f'[[check]]\nid = "{check}"\nof = "{function}"\n{words}'
        texts[f"assignments/told/exercises/{name}.toml"] = text
    _write(folder, texts)


def _write(folder, texts):
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _record(out, spy):
    return store.read(out / "records" / "told" / f"{spy}.json")


def _checks(record):
    return [check for exercise in record.exercises for check in exercise.checks]


def _for_staff(checks):
    return [(c.detail, c.output, c.passes_with, c.cases_passed) for c in checks]


def _page(out, spy, name):
    text = (out / "feedback" / spy / "told" / name).read_text(encoding="utf-8")
    # when it was graded, and what the spy of the clock prints in public checks
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC|\d{12,20}", "", text)


@pytest.mark.parametrize("spy", spies())
def test_a_student_reads_the_same_whatever_the_hidden_input_was(worlds, spy):
    one, other = (_checks(_record(out, spy)) for out in worlds)
    assert [c.outcome for c in one] == [c.outcome for c in other]  # which a student may learn
    assert spy == "time" or _for_staff(one) != _for_staff(other)  # or it tells nothing
    for name in ("feedback.html", "feedback.ko.html"):
        assert _page(worlds[0], spy, name) == _page(worlds[1], spy, name)


def test_every_public_check_runs_before_a_hidden_input_can_take_time(worlds):
    for out in worlds:
        checks = _checks(_record(out, "clock"))
        public = [int(time) for c in checks if c.public for time in c.output.split()]
        hidden = [int(time) for c in checks if not c.public for time in c.output.split()]
        assert len(public) == 2  # in two exercises
        assert max(public) < min(hidden)


def test_the_self_check_knows_no_hidden_input(worlds):
    def said(out):
        spy = out.parent / "submitted" / "output"
        command = ["--lang", "en", "--course", str(out.parent / "course")]
        done = CliRunner().invoke(main, [*command, "check", "told", str(spy), "--json"])
        return re.sub(r'"seconds": [0-9.e-]+', "", done.output)

    assert "saw 0" in said(worlds[0])
    assert said(worlds[0]) == said(worlds[1])

"""A tiny course in a temporary folder, and a launcher that all tests of a session share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from grader.boundary.launchers import ForkLauncher
from grader.course import assignment as assignments
from grader.course.assignment import Assignment
from grader.export.files import files
from grader.report.build import build
from tests.browser import driver, pytest_terminal_summary  # noqa: F401 - for all rooms
from tests.report import example_class

# How long an example takes is the machine's matter, and other work on it.
settings.register_profile("grader", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("grader")

# They take minutes each, and begin first: at the end nobody is left alone with one of them.
LONG = {
    "test_attacks",
    "test_batch",
    "test_burdens",
    "test_cluster",
    "test_homework",
    "test_notebook",
    "test_training",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; the Makefile tells xdist to keep the order."""
    items.sort(key=lambda item: item.path.stem not in LONG)


TOML = """
id = "tiny"
package = "tiny_package"
title = { en = "Tiny", ko = "작은 과제" }
allowed_packages = ["numpy", "torch"]
exercises = ["adding", "saying"]

[limits]
check_seconds = 1
import_seconds = 1
memory_mb = 256

[[file]]
name = "sums.py"

[[file]]
name = "words.py"

[[forbidden]]
names = ["torch.nn", ".backward"]
instead = { en = "Use plain arithmetic.", ko = "사칙연산을 쓰세요." }
"""

ADDING = """
file = "sums.py"
points = { add = 6 }
preload = ["numpy"]
title = { en = "Adding", ko = "더하기" }

[[check]]
id = "add_adds"
title = { en = "Numbers are added", ko = "수를 더합니다" }
hint = { en = "Plus.", ko = "더하기." }

[[check]]
id = "add_adds_arrays"
kind = "edge"
needs = ["add_adds"]
title = { en = "Arrays are added", ko = "배열을 더합니다" }
hint = { en = "Plus again.", ko = "다시 더하기." }
"""

SAYING = """
file = "words.py"
points = { greet = 4 }
title = { en = "Saying", ko = "말하기" }

[[check]]
id = "greet_greets"
title = { en = "A greeting comes back", ko = "인사가 돌아옵니다" }
hint = { en = "Hello.", ko = "안녕." }
"""

PUBLIC = """
def test_add_adds(student):
    assert student.sums.add(1, 2) == 3
"""

HIDDEN = """
import numpy as np
import pytest


def test_add_adds_arrays(student):
    one = np.ones(2)
    assert np.array_equal(student.sums.add(one, one), 2 * one), "a secret about arrays"


@pytest.mark.parametrize("name", ["Kim", "민수"])
def test_greet_greets(student, name):
    assert student.words.greet(name) == f"Hello {name}"
"""

SUMS = '''"""Sums."""


def add(a, b):
    """a + b."""
    ### BEGIN SOLUTION
    total_of_both = a + b
    return total_of_both
    ### END SOLUTION
'''

WORDS = '''"""Words."""


def greet(name):
    """Hello and the name."""
    ### BEGIN SOLUTION
    return "Hello " + name
    ### END SOLUTION
'''


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with one assignment, its reference, and no template yet."""
    return write_course(tmp_path / "course")


def write_course(root: Path) -> Path:
    """The same, wherever it is wanted."""
    contents = {
        "assignments/tiny/assignment.toml": TOML,
        "assignments/tiny/exercises/adding.toml": ADDING,
        "assignments/tiny/exercises/saying.toml": SAYING,
        "assignments/tiny/checks/public/test_sums.py": PUBLIC,
        "assignments/tiny/checks/hidden/test_more.py": HIDDEN,
        "assignments/tiny/handout.en.md": "# Tiny\n",
        "assignments/tiny/handout.ko.md": "# 작은 과제\n",
        "reference/tiny_package/__init__.py": '"""Tiny."""\n',
        "reference/tiny_package/sums.py": SUMS,
        "reference/tiny_package/words.py": WORDS,
    }
    for name, text in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def tiny(course: Path) -> Assignment:
    """The assignment of the tiny course."""
    return assignments.load(course / "assignments" / "tiny")


@pytest.fixture
def edit(course: Path) -> Callable[[str, str, str], None]:
    """Change a text in a file of the course."""

    def change(file: str, old: str, new: str) -> None:
        path = course / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


@pytest.fixture
def korean(course: Path) -> Path:
    """The tiny course in Korean alone, without an English word in its texts."""
    declared = 'title = { ko = "작은 수업" }\nlanguages = ["ko"]\n'
    (course / "course.toml").write_text(declared, encoding="utf-8")
    folder = course / "assignments" / "tiny"
    for path in (folder / "assignment.toml", *(folder / "exercises").glob("*.toml")):
        text = re.sub(r'en = "[^"]*", ', "", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    (folder / "handout.en.md").unlink()
    return course


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OUT of the made-up class, reported in English."""
    out = tmp_path_factory.mktemp("class") / "out"
    example_class.write(out)
    build(out, "en", files(with_junit=True))
    return out


@pytest.fixture(scope="session")
def launcher() -> Iterator[ForkLauncher]:
    """One warm launcher for all tests."""
    shared = ForkLauncher(("numpy", "torch"))
    yield shared
    shared.close()

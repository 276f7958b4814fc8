"""Public checks share a guest, and nobody loses by what another exercise has left in it."""

import pytest

from grader.checking.plugin import run_session
from grader.course import assignment as assignments
from grader.grading.grading import Grading
from grader.grading.submission import grade
from grader.intake.read import Submission

ASSIGNMENT = """
id = "pair"
package = "pair"
title = { en = "Pair", ko = "쌍" }
exercises = ["one", "two", "three"]

[limits]
check_seconds = 1
import_seconds = 1
memory_mb = 256

[[file]]
name = "both.py"

[[file]]
name = "other.py"
"""

EXERCISE = """
file = "{file}.py"
points = {{ {name} = 10 }}
title = {{ en = "x", ko = "x" }}

[[check]]
id = "{name}_public"
title = {{ en = "x", ko = "x" }}
hint = {{ en = "x", ko = "x" }}

[[check]]
id = "{name}_hidden"
kind = "edge"
needs = ["{name}_public"]
title = {{ en = "x", ko = "x" }}
hint = {{ en = "x", ko = "x" }}
"""

CHECK = """
def test_{name}_{kind}(student):
    assert student.{file}.{name}() == {value}

"""

EXERCISES = {"one": ("both", 1), "two": ("both", 2), "three": ("other", 3)}
RIGHT = {
    "__init__.py": "",
    "both.py": "def one(): return 1\n\n\ndef two(): return 2\n",
    "other.py": "def three(): return 3\n",
}
ALL = {f"{name}_{kind}": "passed" for name in EXERCISES for kind in ("public", "hidden")}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    home = folder / "assignments" / "pair"
    texts = {home / "assignment.toml": ASSIGNMENT}
    for kind in ("public", "hidden"):
        checks = (
            CHECK.format(name=name, kind=kind, file=file, value=value)
            for name, (file, value) in EXERCISES.items()
        )
        texts[home / "checks" / kind / f"test_{kind}.py"] = "\n".join(checks)
    for name, (file, _) in EXERCISES.items():
        texts[home / "exercises" / f"{name}.toml"] = EXERCISE.format(name=name, file=file)
    texts |= {folder / "reference" / "pair" / name: text for name, text in RIGHT.items()}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return assignments.load(home, references=folder / "reference")


class Counting:
    """A launcher that counts its guests."""

    reusable = False

    def __init__(self, launcher):
        self.use_gpu, self._open = launcher.use_gpu, launcher.open
        self.opened = 0

    def open(self, *arguments):
        self.opened += 1
        return self._open(*arguments)


def graded(assignment, launcher, both):
    """Each check's outcome, and how many guests it took."""
    counting = Counting(launcher)
    files = {name: text.encode() for name, text in {**RIGHT, "both.py": both}.items()}
    submission = Submission.in_memory("kim", files)
    found = {}

    def body(checks):
        record = grade(Grading(assignment, submission, checks, counting), assignment.exercises)
        found.update(
            {check.id: check.outcome.value for e in record.exercises for check in e.checks}
        )

    run_session(assignment.check_files(), body)
    return found, counting.opened


def test_exercises_of_one_file_share_a_guest_for_public_checks(pair, launcher):
    # the reader; public checks of two files; hidden ones of three exercises
    assert graded(pair, launcher, RIGHT["both.py"]) == (ALL, 1 + 2 + 3)


def test_what_loses_after_another_exercise_runs_again_in_a_guest_of_its_own(pair, launcher):
    both = """
RAN = []


def one():
    RAN.append(1)
    return 1


def two():
    return 2 - len(RAN)
"""
    assert graded(pair, launcher, both) == (ALL, 1 + 3 + 3)


def test_whoever_comes_after_a_loss_has_a_guest_of_its_own(pair, launcher):
    both = """
RAN = []


def one():
    RAN.append(1)


def two():
    return 2
"""
    outcomes, opened = graded(pair, launcher, both)
    assert outcomes == {**ALL, "one_public": "failed", "one_hidden": "skipped"}
    assert opened == 1 + 3 + 2  # no hidden check of the first is run


def test_hidden_checks_meet_nothing_that_another_exercise_has_left(pair, launcher):
    both = """
LEFT = []


def one():
    LEFT.append(2)
    return 1


def two():
    return LEFT[0]
"""
    outcomes, _ = graded(pair, launcher, both)
    assert outcomes == {**ALL, "two_hidden": "raised"}


def test_a_check_that_hangs_after_another_exercise_costs_its_time_once(pair, launcher):
    both = """
RAN = []


def one():
    RAN.append(1)
    return 1


def two():
    while RAN:
        pass
    return 2
"""
    assert graded(pair, launcher, both) == (ALL, 1 + 3 + 3)

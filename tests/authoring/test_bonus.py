"""A release without a bonus exercise: nothing of it is left, and all else works."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.authoring import template
from grader.cli.main import main
from grader.course.folder import Course

TOML = """
file = "sums.py"
points = { twice = 2 }
extra = true
title = { en = "Twice", ko = "두 배" }

[[check]]
id = "twice_doubles"
title = { en = "A number is doubled", ko = "수를 두 배로 합니다" }
hint = { en = "Times two.", ko = "곱하기 2." }
"""

STUB = '''

# Half a joke.
def twice(a):
    """2 a."""
    ### BEGIN SOLUTION
    return 2 * a
    ### END SOLUTION
'''

HANDOUT = """# Tiny

## 1 Adding (`adding`)

a + b.

```
# not a heading
```

## 2 Bonus (`x_twice`)

Double it.

### 2.1 Why

Because.

## 3 Saying (`saying`)

Hello.
"""


@pytest.fixture
def with_bonus(course, edit):
    folder = course / "assignments" / "tiny"

    def append(path, text):
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    edit("assignments/tiny/assignment.toml", '"adding", "saying"', '"adding", "saying", "x_twice"')
    (folder / "exercises" / "x_twice.toml").write_text(TOML, encoding="utf-8")
    append(course / "reference/tiny_package/sums.py", STUB)
    append(
        folder / "checks/public/test_sums.py",
        "\n\ndef test_twice_doubles(student):\n    assert student.sums.twice(2) == 4\n",
    )
    (folder / "handout.en.md").write_text(HANDOUT, encoding="utf-8")
    return course


def release(course, *options):
    call = ["--lang", "en", "--course", str(course), "release", "tiny", *options]
    return CliRunner().invoke(main, [*call, "--dist", str(course / "dist")])


def test_nothing_of_it_is_left(with_bonus):
    assert release(with_bonus).exit_code == 0
    template = with_bonus / "student_template" / "tiny_package"
    assert "def twice" in (template / "sums.py").read_text()
    done = release(with_bonus, "--without", "x_twice")
    assert done.exit_code == 0, done.output
    for path in template.rglob("*.*"):
        assert "twice" not in path.read_text(encoding="utf-8"), path
    assert "joke" not in (template / "sums.py").read_text()
    handout = (template / "handout.en.md").read_text()
    assert "Because" not in handout
    assert "mentions" not in done.output
    assert all(words in handout for words in ("a + b.", "# not a heading", "Hello."))
    assert release(with_bonus, "--check", "--without", "x_twice").exit_code == 0
    assert release(with_bonus, "--check").exit_code == 1


def test_where_the_handout_speaks_of_it_elsewhere_the_author_is_told(with_bonus):
    path = with_bonus / "assignments" / "tiny" / "handout.en.md"
    path.write_text(HANDOUT.replace("a + b.", "a + b; see x_twice."), encoding="utf-8")
    done = release(with_bonus, "--without", "x_twice")
    assert (done.exit_code, "handout.en.md, line 5 still mentions x_twice" in done.output) == (
        0,
        True,
    )


def test_the_self_check_counts_what_is_there(with_bonus):
    release(with_bonus, "--without", "x_twice")
    template = with_bonus / "student_template" / "tiny_package"
    (template / "sums.py").write_text("def add(a, b): return a + b")
    done = CliRunner().invoke(main, ["--lang", "en", "check", "tiny", str(template)])
    assert "Adding" in done.output
    assert "Twice" not in done.output


def test_a_stub_that_others_use_stays(with_bonus, edit):
    edit(
        "reference/tiny_package/words.py", '"""Words."""', '"""Words."""\nfrom .sums import twice\n'
    )
    done = release(with_bonus, "--without", "x_twice")
    assert done.exit_code == 0, done.output
    template = with_bonus / "student_template" / "tiny_package"
    assert "def twice" in (template / "sums.py").read_text()


@pytest.mark.parametrize("name", ["adding", "x_thrice"])
def test_only_a_bonus_can_be_left_out(with_bonus, name):
    done = release(with_bonus, "--without", name)
    assert (done.exit_code, "x_twice" in done.output) == (2, True)
    assert not os.path.exists(with_bonus / "student_template")


def test_hw3_can_be_released_without_elmo():
    course = Course(Path(__file__).parents[2])
    files = template.build(course.load("hw3"), {"x_elmo"})
    assert [name for name, text in files.items() if "elmo" in text and name.endswith(".toml")] == []
    assert [name for name, text in files.items() if "elmo" in text and name.endswith(".py")] == []
    for language in ("en", "ko"):
        sections = files[f"handout.{language}.md"].split("\n## ")
        assert [s for s in sections if "`x_elmo`" in s.partition("\n")[0]] == []

"""`assignment.toml`: what is read, and what is said of a mistake."""

import pytest

from grader import assignment as assignments
from grader.errors import AssignmentInvalid
from grader.selfcheck import public_part

FILE = "assignments/tiny/assignment.toml"


def test_what_is_read(tiny):
    adding, saying = tiny.exercises
    assert (tiny.id, tiny.package, tiny.possible, tiny.extra_possible) == (
        "tiny",
        "tiny_package",
        10,
        0,
    )
    assert [check.id for check in adding.checks] == ["add_adds", "add_adds_arrays"]
    assert [check.public for check in adding.checks] == [True, False]
    assert [check.weight for check in adding.checks] == [2, 1]
    assert saying.title["ko"] == "말하기"
    assert tiny.limits.check_seconds == 1
    assert tiny.limits.submission_seconds == assignments.Limits().submission_seconds
    assert tiny.forbidden[0].names == ("torch.nn", ".backward")


def test_the_public_part_keeps_the_weight_of_what_it_leaves_out(tiny):
    adding, saying = public_part(tiny).exercises
    assert [check.id for check in adding.checks] == ["add_adds"]
    assert (adding.weight, adding.hidden_weight) == (3, 1)
    assert saying.checks == ()


def test_a_limit_follows_from_what_the_reference_needs(course, edit):
    edit(FILE, "check_seconds = 1", "check_seconds = 10")
    folder = course / "assignments" / "tiny"
    (folder / "timings.json").write_text('{"add_adds": 0.01, "greet_greets": 0.5}')
    adding, saying = assignments.load(folder).exercises
    assert adding.checks[0].seconds == 30 * 0.01 + 5
    assert saying.checks[0].seconds == 10  # never above check_seconds
    assert (adding.measured, saying.measured) == (0.01, 0.5)


def test_hashes_change_with_what_they_cover(course, edit, tiny):
    edit("assignments/tiny/checks/hidden/test_more.py", "Hello", "Hi")
    changed = assignments.load(tiny.folder)
    assert changed.checks_sha256 != tiny.checks_sha256
    assert changed.settings_sha256 == tiny.settings_sha256
    edit(FILE, "points = 6", "points = 7")
    assert assignments.load(tiny.folder).settings_sha256 != tiny.settings_sha256


MISTAKES = {
    "unknown_key": ("weight = 2", "wieght = 2", ["line 40", "wieght", "weight"]),
    "unknown_exercise": (
        'exercise = "adding"\nweight',
        'exercise = "ading"\nweight',
        ["line 39", "ading", "adding, saying"],
    ),
    "unknown_file": ('file = "words.py"', 'file = "wrods.py"', ["wrods.py", "sums.py, words.py"]),
    "negative_points": ("points = 6", "points = -6", ["line 27", "-6", "from 0 on"]),
    "points_as_text": ("points = 6", 'points = "6"', ["a number"]),
    "flag_as_text": ('name = "words.py"', 'name = "words.py"\nrequired = "no"', ["true, false"]),
    "missing_points": ("points = 6\n", "", ["points is missing"]),
    "one_language": ('{ en = "Adding", ko = "더하기" }', '{ en = "Adding" }', ["title", "ko"]),
    "check_without_test": ('id = "add_adds"', 'id = "add_add"', ["add_add", "add_adds"]),
    "need_of_another_exercise": (
        'needs = ["add_adds"]',
        'needs = ["greet_greets"]',
        ["greet_greets", "add_adds"],
    ),
    "no_toml": ("id = ", "id ", ["cannot be read"]),
    "no_date": ('package = "tiny', 'due = "next week"\npackage = "tiny', ["next week", "2026-03"]),
    "a_date_without_quotes": ('package = "tiny', 'due = 2026-03-02\npackage = "tiny', ["line 3"]),
    "text_as_file_list": (
        '[[file]]\nname = "sums.py"',
        'file = "sums.py"',
        ["sums.py", "words.py"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_with_place_value_and_alternatives(course, edit, name):
    old, new, words = MISTAKES[name]
    edit(FILE, old, new)
    with pytest.raises(AssignmentInvalid) as caught:
        assignments.load(course / "assignments" / "tiny")
    text = str(caught.value)
    assert "assignment.toml" in text
    for word in words:
        assert word in text


def test_a_test_without_a_check(course, edit):
    edit(
        "assignments/tiny/checks/public/test_sums.py",
        "def test_add_adds",
        "def test_x(student): pass\ndef test_add_adds",
    )
    with pytest.raises(AssignmentInvalid, match="test_x has no"):
        assignments.load(course / "assignments" / "tiny")


def test_a_check_file_that_is_no_python(course, edit):
    edit(
        "assignments/tiny/checks/public/test_sums.py", "def test_add_adds", "def def test_add_adds"
    )
    with pytest.raises(AssignmentInvalid, match="test_sums.py"):
        assignments.load(course / "assignments" / "tiny")


def test_two_checks_of_one_name(course, edit):
    edit(
        "assignments/tiny/checks/hidden/test_more.py", "def test_greet_greets", "def test_add_adds"
    )
    with pytest.raises(AssignmentInvalid, match="twice"):
        assignments.load(course / "assignments" / "tiny")


def test_no_assignment(tmp_path):
    with pytest.raises(AssignmentInvalid, match="does not contain an assignment.toml"):
        assignments.load(tmp_path)

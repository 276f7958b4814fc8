"""`assignment.toml`: what is read, and what is said of a mistake."""

from zoneinfo import ZoneInfo

import pytest

from grader.course import assignment as assignments
from grader.course.folder import Course
from grader.errors import AssignmentInvalid
from grader.selfcheck.check import public_part

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


def test_the_hash_of_the_checks_changes_with_their_text(edit, tiny):
    edit("assignments/tiny/checks/hidden/test_more.py", "Hello", "Hi")
    changed = assignments.load(tiny.folder)
    assert changed.checks_sha256 != tiny.checks_sha256
    assert changed.settings_sha256 == tiny.settings_sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('en = "Tiny"', 'en = "Small"'),
        ('en = "Adding"', 'en = "Sums"'),
        ('en = "Plus."', 'en = "Take +."'),
        ("points = 6", "points = 7"),
        ("points = 6", "points = 6\nextra = true"),
        ("weight = 2", 'weight = 3\nshow = "never"'),
        ('package = "tiny', 'due = "2026-03-02T18:00Z"\npackage = "tiny'),
    ],
)
def test_no_outcome_depends_on_words_and_points(edit, tiny, old, new):
    edit(FILE, old, new)
    assert assignments.load(tiny.folder).settings_sha256 == tiny.settings_sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("check_seconds = 1", "check_seconds = 2"),
        ("weight = 2", "seconds = 0.5"),
        ("weight = 2", "fresh = true"),
        ('needs = ["add_adds"]', "needs = []"),
        ('["numpy", "torch"]', '["numpy"]'),
        ('names = ["add"]', 'names = ["add"]\nuses = ["words.py"]'),
        ('"torch.nn", ', ""),
        ('[[file]]\nname = "words.py"', '[[file]]\nname = "words.py"\nrequired = false'),
    ],
)
def test_an_outcome_depends_on_limits_needs_and_rules(edit, tiny, old, new):
    edit(FILE, old, new)
    assert assignments.load(tiny.folder).settings_sha256 != tiny.settings_sha256


def test_only_the_languages_of_the_course_are_asked_for(edit, tiny):
    edit(FILE, 'en = "Adding", ', "")
    assert assignments.load(tiny.folder, ("ko",)).exercises[0].title == {"ko": "더하기"}
    with pytest.raises(AssignmentInvalid, match="title"):
        assignments.load(tiny.folder, ("en",))


def test_a_text_in_another_language_of_ours_may_stay(tiny):
    assert assignments.load(tiny.folder, ("en",)).title["ko"] == "작은 과제"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-02", "2026-03-02T23:59:59+09:00"),  # a date alone lasts to its end
        ("2026-03-02T18:00", "2026-03-02T18:00:00+09:00"),
        ("2026-03-02T18:00-05:00", "2026-03-02T18:00:00-05:00"),
        ("2026-03-02T18:00Z", "2026-03-02T18:00:00+00:00"),
    ],
)
def test_a_date_without_an_offset_is_in_the_zone_of_the_course(edit, tiny, written, read):
    edit(FILE, 'package = "tiny', f'due = "{written}"\npackage = "tiny')
    assert assignments.load(tiny.folder, zone=ZoneInfo("Asia/Seoul")).due == read


def test_summer_time_is_that_of_the_day(edit, tiny):
    edit(FILE, 'package = "tiny', 'due = "2026-07-01"\npackage = "tiny')
    assert assignments.load(tiny.folder, zone=ZoneInfo("Europe/Berlin")).due.endswith("+02:00")


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
        ["unknown key file"],
    ),
    "no_zone": (
        'package = "tiny',
        'due = "2026-03-02T18:00"\npackage = "tiny',
        ["line 3", "in no time zone", "course.toml"],
    ),
    "unknown_text_language": ('ko = "더하기"', 'ko = "더하기", kr = "더하기"', ["title", "kr"]),
    "an_exercise_twice": ('id = "saying"', 'id = "adding"', ["two [[exercise]] called adding"]),
    "a_file_twice": ('name = "words.py"', 'name = "sums.py"', ["two [[file]] called sums.py"]),
    "no_weight": (
        'exercise = "saying"',
        'exercise = "saying"\nweight = 0',
        ["saying", "weigh 0"],
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


@pytest.mark.parametrize("table", ["file", "exercise"])
def test_a_table_that_must_be_there(course, table):
    path = course / FILE
    parts = path.read_text(encoding="utf-8").split("\n[")
    kept = [part for part in parts if not part.startswith(f"[{table}]]")]
    path.write_text("\n[".join(kept), encoding="utf-8")
    with pytest.raises(AssignmentInvalid, match=rf"\[\[{table}\]\] is missing"):
        assignments.load(path.parent)


def test_a_copied_folder_does_not_keep_the_id_of_the_other(course):
    (course / "assignments" / "tiny").rename(course / "assignments" / "copied")
    with pytest.raises(AssignmentInvalid, match="the id is tiny, but the folder is copied"):
        Course.find(course).load("copied")


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

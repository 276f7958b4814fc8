"""`assignment.toml`: what is read, and what is said of a mistake."""

from zoneinfo import ZoneInfo

import pytest

from grader.course import assignment as assignments
from grader.course.exercise import Kind
from grader.course.folder import Course
from grader.errors import AssignmentInvalid
from grader.selfcheck.target import public_part

FILE = "assignments/tiny/assignment.toml"
ADDING = "assignments/tiny/exercises/adding.toml"
SAYING = "assignments/tiny/exercises/saying.toml"

MORE = """
[[check]]
id = "sums_more"
of = "Sum.more"
title = { en = "More", ko = "더" }
hint = { en = "More.", ko = "더." }
"""
TEST = "def test_sums_more(student): pass\n"


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
    assert [(check.of, check.kind) for check in adding.checks] == [
        ("add", Kind.CORE),
        ("add", Kind.EDGE),
    ]
    assert [(f.name, f.points) for f in adding.functions] == [("add", 6)]
    assert (adding.points, adding.names) == (6, ("add",))
    assert saying.title["ko"] == "말하기"
    assert tiny.limits.check_seconds == 1
    assert tiny.limits.submission_seconds == assignments.Limits().submission_seconds
    assert tiny.forbidden[0].names == ("torch.nn", ".backward")


def test_the_public_part_counts_the_checks_that_it_leaves_out(tiny):
    adding, saying = public_part(tiny).exercises
    assert [check.id for check in adding.checks] == ["add_adds"]
    assert (adding.hidden_checks, saying.hidden_checks) == (1, 1)
    assert (adding.points, saying.points) == (6, 4)
    assert saying.checks == ()


def test_a_part_of_a_class_is_a_function_of_its_own(course, edit):
    edit(ADDING, "points = { add = 6 }", 'points = { "Sum.of" = 2, "Sum.more" = 3, add = 1 }')
    edit(ADDING, 'id = "add_adds"\n', 'id = "add_adds"\nof = "Sum.of"\n')
    edit(ADDING, 'id = "add_adds_arrays"\nkind = "edge"\n', 'id = "add_adds_arrays"\nof = "add"\n')
    edit(ADDING, 'needs = ["add_adds"]', "")
    path = course / ADDING
    path.write_text(path.read_text(encoding="utf-8") + MORE, encoding="utf-8")
    edit("assignments/tiny/checks/hidden/test_more.py", "import pytest", "import pytest\n" + TEST)
    adding = assignments.load(course / "assignments" / "tiny").exercises[0]
    assert [(f.name, f.root, f.points) for f in adding.functions] == [
        ("Sum.of", "Sum", 2),
        ("Sum.more", "Sum", 3),
        ("add", "add", 1),
    ]
    assert (adding.names, adding.points) == (("Sum", "add"), 6)
    assert [check.of for check in adding.checks] == ["Sum.of", "add", "Sum.more"]


def test_a_limit_follows_from_what_the_reference_needs(course, edit):
    edit(FILE, "check_seconds = 1", "check_seconds = 10")
    folder = course / "assignments" / "tiny"
    (folder / "timings.json").write_text('{"add_adds": 0.01, "greet_greets": 0.5}')
    adding, saying = assignments.load(folder).exercises
    assert adding.checks[0].seconds == 30 * 0.01 + 5
    assert saying.checks[0].seconds == 10  # never above check_seconds
    assert (adding.measured, saying.measured) == (0.01, 0.5)


@pytest.mark.parametrize("content", ["", "null", "[]", '{"add_adds": null}', '{"add_adds": []}'])
def test_damaged_times_of_the_reference_are_said(tiny, content):
    (tiny.folder / "timings.json").write_text(content)
    with pytest.raises(AssignmentInvalid, match=r"timings\.json"):
        assignments.load(tiny.folder)


def test_the_hash_of_the_checks_changes_with_their_text(edit, tiny):
    edit("assignments/tiny/checks/hidden/test_more.py", "Hello", "Hi")
    changed = assignments.load(tiny.folder)
    assert changed.checks_sha256 != tiny.checks_sha256
    assert changed.settings_sha256 == tiny.settings_sha256


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (FILE, 'en = "Tiny"', 'en = "Small"'),
        (ADDING, 'en = "Adding"', 'en = "Sums"'),
        (ADDING, 'en = "Plus."', 'en = "Take +."'),
        (ADDING, "add = 6", "add = 7"),
        (ADDING, "points = { add = 6 }", "points = { add = 6 }\nextra = true"),
        (ADDING, 'kind = "edge"', 'kind = "manners"'),
        (ADDING, 'kind = "edge"', 'of = "add"\nkind = "core"\nshow = "never"'),
        (FILE, 'package = "tiny', 'due = "2026-03-02T18:00Z"\npackage = "tiny'),
    ],
)
def test_no_outcome_depends_on_words_and_points(edit, tiny, file, old, new):
    edit(file, old, new)
    assert assignments.load(tiny.folder).settings_sha256 == tiny.settings_sha256


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (FILE, "check_seconds = 1", "check_seconds = 2"),
        (ADDING, 'kind = "edge"', "seconds = 0.5"),
        (ADDING, 'kind = "edge"', "fresh = true"),
        (ADDING, 'needs = ["add_adds"]', "needs = []"),
        (FILE, '["numpy", "torch"]', '["numpy"]'),
        (ADDING, 'file = "sums.py"', 'file = "sums.py"\nuses = ["words.py"]'),
        (FILE, '"torch.nn", ', ""),
        (FILE, '[[file]]\nname = "words.py"', '[[file]]\nname = "words.py"\nrequired = false'),
    ],
)
def test_an_outcome_depends_on_limits_needs_and_rules(edit, tiny, file, old, new):
    edit(file, old, new)
    assert assignments.load(tiny.folder).settings_sha256 != tiny.settings_sha256


def test_an_outcome_depends_on_whom_a_check_is_about_and_who_stands_in(edit, tiny):
    edit(ADDING, "{ add = 6 }", "{ add = 5, sub = 1 }")
    edit(ADDING, 'id = "add_adds"\n', 'id = "add_adds"\nof = "add"\n')
    edit(ADDING, 'kind = "edge"', 'of = "sub"')
    before = assignments.load(tiny.folder).settings_sha256
    edit(ADDING, "add = 5", "add = 50")
    assert assignments.load(tiny.folder).settings_sha256 == before
    path = tiny.folder / "exercises" / "adding.toml"
    text = path.read_text(encoding="utf-8")
    other = text.replace('of = "add"', 'of = "x"').replace('of = "sub"', 'of = "add"')
    path.write_text(other.replace('of = "x"', 'of = "sub"'), encoding="utf-8")
    assert assignments.load(tiny.folder).settings_sha256 != before
    path.write_text(text.replace("sub", "take_away"), encoding="utf-8")
    assert assignments.load(tiny.folder).settings_sha256 != before


def test_only_the_languages_of_the_course_are_asked_for(edit, tiny):
    edit(ADDING, 'en = "Adding", ', "")
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
    berlin = assignments.load(tiny.folder, zone=ZoneInfo("Europe/Berlin"))
    assert berlin.due.endswith("+02:00")
    seoul = assignments.load(tiny.folder, zone=ZoneInfo("Asia/Seoul"))
    assert (seoul.timezone, berlin.timezone) == ("Asia/Seoul", "Europe/Berlin")
    assert seoul.settings_sha256 == berlin.settings_sha256  # nobody is graded again for that


MISTAKES = {
    "unknown_key": (ADDING, 'kind = "edge"', 'knid = "edge"', ["line 14", "knid", "kind"]),
    "unknown_kind": (ADDING, '"edge"', '"rare"', ["line 14", "rare", "core, edge, manners"]),
    "unknown_function": (ADDING, 'kind = "edge"', 'of = "ad"', ["line 14", "ad", "add"]),
    "function_not_named": (
        ADDING,
        "points = { add = 6 }",
        "points = { add = 5, sub = 1 }",
        ["of is missing"],
    ),
    "no_core": (SAYING, 'id = "greet_greets"', 'id = "greet_greets"\nkind = "edge"', ["greet"]),
    "unknown_exercise": (FILE, '"adding", ', '"ading", ', ["line 6", "ading", "adding, saying"]),
    "exercise_not_named": (FILE, '"adding", ', "", ["adding.toml", "does not name"]),
    "unknown_file": (SAYING, '"words.py"', '"wrods.py"', ["wrods.py", "sums.py, words.py"]),
    "negative_points": (ADDING, "add = 6", "add = -6", ["line 3", "-6", "a number from 0 on"]),
    "no_points": (ADDING, "add = 6", "add = 0", ["adding has no points"]),
    "points_as_text": (ADDING, "add = 6", 'add = "6"', ["a number"]),
    "endless_points": (ADDING, "add = 6", "add = inf", ["a number from 0 on"]),
    "points_beyond_a_float": (ADDING, "add = 6", f"add = {10**400}", ["a number from 0 on"]),
    "endless_seconds": (FILE, "check_seconds = 1", "check_seconds = inf", ["a number from 0 on"]),
    "no_seconds": (FILE, "check_seconds = 1", "check_seconds = nan", ["a number from 0 on"]),
    "endless_memory": (FILE, "memory_mb = 256", "memory_mb = inf", ["a whole number from 1 on"]),
    "half_a_timeout": (FILE, "memory_mb = 256", "timeouts = 0.5", ["0.5", "a whole number"]),
    "not_one_timeout": (FILE, "memory_mb = 256", "timeouts = 0", ["a whole number from 1 on"]),
    "threads_as_a_flag": (FILE, "memory_mb = 256", "threads = true", ["a whole number"]),
    "half_a_check": (ADDING, "points", "hidden_checks = 0.5\npoints", ["a whole number from 0"]),
    "points_of_no_function": (ADDING, "points = { add = 6 }", "points = 6", ["points is 6"]),
    "flag_as_text": (
        FILE,
        'name = "words.py"',
        'name = "words.py"\nrequired = "no"',
        ["true, false"],
    ),
    "missing_points": (ADDING, "points = { add = 6 }\n", "", ["points is missing"]),
    "one_language": (ADDING, '{ en = "Adding", ko = "더하기" }', '{ en = "x" }', ["title", "ko"]),
    "check_without_test": (ADDING, 'id = "add_adds"', 'id = "add_add"', ["add_add", "add_adds"]),
    "need_of_another_exercise": (
        ADDING,
        'needs = ["add_adds"]',
        'needs = ["greet_greets"]',
        ["greet_greets", "add_adds"],
    ),
    "no_toml": (ADDING, "file = ", "file ", ["cannot be read"]),
    "no_date": (
        FILE,
        'package = "tiny',
        'due = "next week"\npackage = "tiny',
        ["next week", "2026-03"],
    ),
    "a_date_without_quotes": (
        FILE,
        'package = "tiny',
        'due = 2026-03-02\npackage = "tiny',
        ["line 3"],
    ),
    "text_as_file_list": (
        FILE,
        '[[file]]\nname = "sums.py"',
        'file = "sums.py"',
        ["unknown key file"],
    ),
    "no_zone": (
        FILE,
        'package = "tiny',
        'due = "2026-03-02T18:00"\npackage = "tiny',
        ["line 3", "in no time zone", "course.toml"],
    ),
    "unknown_text_language": (
        ADDING,
        'ko = "더하기"',
        'ko = "더하기", kr = "더하기"',
        ["title", "kr"],
    ),
    "an_exercise_twice": (FILE, '"saying"]', '"adding", "saying"]', ["adding"]),
    "a_file_twice": (
        FILE,
        'name = "words.py"',
        'name = "sums.py"',
        ["two [[file]] called sums.py"],
    ),
    "a_check_twice": (ADDING, '"add_adds_arrays"', '"add_adds"', ["two [[check]] called add_adds"]),
    "a_function_in_two_exercises": (
        SAYING,
        "points = { greet = 4 }",
        "points = { add = 4 }",
        ["add has points in two exercises"],
    ),
    "a_check_in_two_exercises": (
        SAYING,
        'id = "greet_greets"',
        'id = "add_adds"',
        ["add_adds is in two exercises"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_with_place_value_and_alternatives(course, edit, name):
    file, old, new, words = MISTAKES[name]
    edit(file, old, new)
    with pytest.raises(AssignmentInvalid) as caught:
        assignments.load(course / "assignments" / "tiny")
    text = str(caught.value)
    assert "assignments/tiny" in text
    for word in words:
        assert word in text


def test_a_public_check_that_waits_for_a_hidden_one(course, edit):
    """No student has that one: at theirs it could only be left out of what is needed."""
    more = MORE.replace("Sum.more", "add").replace("sums_more", "add_more")
    path = course / ADDING
    text = path.read_text(encoding="utf-8") + more + 'needs = ["add_adds_arrays"]\n'
    path.write_text(text, encoding="utf-8")
    test = TEST.replace("sums_more", "add_more")
    public = "assignments/tiny/checks/public/test_sums.py"
    edit(public, "def test_add_adds", f"{test}\n\ndef test_add_adds")
    with pytest.raises(AssignmentInvalid) as caught:
        assignments.load(course / "assignments" / "tiny")
    assert (caught.value.code, caught.value.fields["check"], caught.value.fields["need"]) == (
        "error.needs_hidden",
        "add_more",
        "add_adds_arrays",
    )
    edit(public, test, "")
    edit("assignments/tiny/checks/hidden/test_more.py", "import pytest", f"import pytest\n{test}")
    assert assignments.load(course / "assignments" / "tiny").exercises[0].checks[2].needs


def test_a_table_that_must_be_there(course):
    path = course / FILE
    parts = path.read_text(encoding="utf-8").split("\n[")
    kept = [part for part in parts if not part.startswith("[file]]")]
    path.write_text("\n[".join(kept), encoding="utf-8")
    with pytest.raises(AssignmentInvalid, match=r"\[\[file\]\] is missing"):
        assignments.load(path.parent)


def test_an_exercise_whose_file_is_gone(course):
    (course / SAYING).unlink()
    with pytest.raises(AssignmentInvalid, match="exercises is saying; allowed: adding"):
        assignments.load(course / "assignments" / "tiny")


def test_an_assignment_without_exercises(edit, tiny):
    edit(FILE, 'exercises = ["adding", "saying"]\n', "")
    with pytest.raises(AssignmentInvalid, match="exercises is missing"):
        assignments.load(tiny.folder)


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

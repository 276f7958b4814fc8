"""`course.toml`: what is read, what holds without it, and what is said of a mistake."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.course.folder import Course
from grader.errors import AssignmentInvalid, UsageError

LEAST = """title = { ko = "자연어 처리" }
languages = ["ko"]
"""

FULL = """title = { en = "NLP", ko = "자연어 처리" }
languages = ["ko", "en"]
timezone = "Asia/Seoul"
source = "canvas"
attempts = "first"
roster = "lists/roster.csv"

[folders]
assignments = "homework"
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        (tmp_path / "course.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_what_is_read(written):
    course = Course.read(written(FULL))
    assert course.title == {"en": "NLP", "ko": "자연어 처리"}
    assert course.languages == ("ko", "en")
    assert course.timezone == ZoneInfo("Asia/Seoul")
    assert (course.source, course.attempts) == ("canvas", "first")
    assert course.roster == course.root / "lists" / "roster.csv"
    assert course.submitted == course.root / "submitted"


def test_what_holds_where_little_is_said(written):
    course = Course.read(written(LEAST))
    assert (course.languages, course.timezone, course.source) == (("ko",), None, None)
    assert (course.attempts, course.roster) == ("last", None)


def test_a_folder_with_assignments_is_a_course(tmp_path):
    (tmp_path / "assignments" / "hw1").mkdir(parents=True)
    course = Course.find(tmp_path / "assignments" / "hw1")
    assert (course.root, course.languages) == (tmp_path, ("en", "ko"))


def test_a_course_is_found_by_its_file_from_anywhere_below(written):
    root = written(FULL)
    folder = root / "homework" / "hw1"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text("")
    assert Course.find(folder).root == root
    assert Course.find(folder).names() == ["hw1"]


def test_no_course():
    with pytest.raises(UsageError, match=r"no course\.toml"):
        Course.find(Path("/"))


MISTAKES = {
    "unknown_key": ('source = "canvas"', 'sauce = "canvas"', ["line 4", "sauce", "source"]),
    "unknown_language": ('["ko", "en"]', '["ko", "de"]', ["line 2", "de", "en, ko"]),
    "no_language": ('["ko", "en"]', "[]", ["languages", "en, ko"]),
    "one_language_twice": ('["ko", "en"]', '["ko", "ko"]', ["languages", "en, ko"]),
    "no_title": ('en = "NLP", ', "", ["line 1", "title", 'en = "..."']),
    "unknown_zone": ("Asia/Seoul", "Seoul", ["line 3", "Seoul", "Asia/Seoul"]),
    "a_path_for_a_zone": ("Asia/Seoul", "../Seoul", ["line 3", "timezone"]),
    "no_zone": ('"Asia/Seoul"', "9", ["line 3", "timezone"]),
    "unknown_source": ("canvas", "blackboard", ["line 4", "blackboard", "canvas, moodle"]),
    "unknown_attempts": ("first", "best", ["line 5", "best", "last, first"]),
    "unknown_folder": ("assignments =", "assignment =", ["line 9", "assignment", "assignments"]),
    "no_toml": ("title = ", "title ", ["course.toml cannot be read"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_with_place_value_and_alternatives(written, name):
    old, new, words = MISTAKES[name]
    assert old in FULL
    with pytest.raises(AssignmentInvalid) as caught:
        Course.read(written(FULL.replace(old, new, 1)))
    for word in ["course.toml", *words]:
        assert word in str(caught.value)

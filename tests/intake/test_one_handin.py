"""One student's hand-in stays one, whatever lies in it."""

import pytest

from grader.course.roster import Person, Roster
from tests.intake.layouts import (
    ALL,
    CLASS,
    ONE_FILE,
    PACKAGE,
    TWO,
    below,
    counting,
    intake,
    people,
    refusal,
    write,
    zipped,
)


@pytest.mark.parametrize("files", [below(PACKAGE), ALL, {}], ids=["package", "files", "nothing"])
def test_a_zip_of_one_student_is_no_class(tmp_path, files):
    books = {"2027001.ipynb": "{}", "2027002_ref.ipynb": "{}"}
    write(tmp_path, {"2027001.zip": zipped(files | books)})
    write(tmp_path / "c", below("2027001", files | books))
    assert counting(intake(tmp_path / "2027001.zip", CLASS)) == {"2027001": "2027001.zip"}
    assert counting(intake(tmp_path / "c", CLASS))["2027001"] == "2027001/"
    assert counting(intake(tmp_path / "c", CLASS))["2027002"] is None


def test_what_cannot_be_opened_is_said_also_of_one_student(tmp_path):
    write(tmp_path, {"2027001.zip": "x", "2027002.zip": zipped({})})
    for name in ("2027001.zip", "2027002.zip"):
        assert refusal(tmp_path / name, CLASS).code == "error.not_opened"


def test_versions_in_a_zip_of_one_student(tmp_path):
    write(tmp_path, {"2027001.zip": TWO} | below("2027002/v1") | below("2027002/v2"))
    assert people(tmp_path / "2027001.zip", CLASS) == {"2027001"}
    assert people(tmp_path / "2027002", CLASS) == {"2027002"}


@pytest.mark.parametrize("name", ["2027001", "홍길동"])
@pytest.mark.parametrize("files", [below(PACKAGE), ALL], ids=["package", "files"])
def test_a_folder_of_one_student_with_a_file_of_their_name(tmp_path, name, files):
    named = Roster((Person("2027001", "홍길동"), Person("2027002")))
    write(tmp_path, below(name, files | {f"{name}.ipynb": "{}"}))
    assert counting(intake(tmp_path / name, named)) == {"2027001": f"{name}/"}


@pytest.mark.parametrize("roster", [CLASS, None])
def test_helpers_where_one_file_is_wanted_are_nobody(tmp_path, roster):
    write(tmp_path, below("2027001", dict.fromkeys(("text.py", "utils.py", "main.py"), "")))
    assert people(tmp_path / "2027001", roster, wanted=ONE_FILE) == {"2027001"}


@pytest.mark.parametrize("files", [below(PACKAGE), ALL], ids=["package", "files"])
@pytest.mark.parametrize("old", [below("old/v1") | below("old/v2"), {"backup.zip": TWO}])
def test_older_versions_beside_a_hand_in_are_nobody(tmp_path, files, old):
    place = write(tmp_path / "kim", files | old)
    refused = refusal(place, CLASS)
    assert files != ALL or refusal(place).fields == refused.fields
    assert refused.code == "error.one_or_many"
    assert f"{place / next(iter(old)).partition('/')[0]} " in refused.fields["command"]
    assert people(place, layout="submission") == {"kim"}


@pytest.mark.parametrize("name", ["hw1-submissions", "hw01", "submissions", "2027 spring"])
def test_the_class_beside_a_template(tmp_path, name):
    write(tmp_path, below(PACKAGE) | below(f"{name}/2027001") | below(f"{name}/2027002"))
    for roster in (CLASS, None):
        assert {"2027001", "2027002"} <= people(tmp_path, roster)

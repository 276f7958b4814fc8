"""The assignment's name is one, however it is written."""

import pytest

from grader.course.roster import Person, Roster
from tests.intake.layouts import below, counting, intake, people, refusal, write, zipped

CLASS = Roster((Person("2027001"), Person("2027002")))


@pytest.mark.parametrize("template", ["HW1", "hw01"])
def test_a_template_of_another_spelling_is_nobody(tmp_path, template):
    write(tmp_path / "a", below("kim") | below("lee") | below(template))
    write(tmp_path / "b", {"kim.zip": zipped(), "lee.zip": zipped(), f"{template}.zip": zipped()})
    write(tmp_path / "c", {"kim.ipynb": "{}", "lee.ipynb": "{}"} | below(template))
    for place in ("a", "b"):
        assert people(tmp_path / place) == {"kim", "lee"}
    assert refusal(tmp_path / "c").code == "error.one_or_many"
    assert people(tmp_path / "c", layout="student") == {"kim", "lee"}


@pytest.mark.parametrize("folder", ["HW1", "hw01", "hw1"])
def test_a_hand_in_in_a_folder_of_another_spelling(tmp_path, folder):
    write(tmp_path, below(f"2027001/{folder}"))
    for roster in (CLASS, None):
        assert people(tmp_path / "2027001", roster) == {"2027001"}
        assert refusal(tmp_path / "2027001" / folder, roster).code == "error.too_low"


@pytest.mark.parametrize("other", ["hw2", "hw02"])
def test_what_is_called_like_another_assignment_is_nobody(tmp_path, other):
    write(tmp_path, below("kim") | below("lee") | below(other) | {f"{other}.zip": zipped()})
    found = intake(tmp_path)
    assert set(counting(found)) == {"kim", "lee"}
    assert found.leftover == (f"{other}.zip", f"{other}/")

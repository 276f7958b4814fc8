"""Files of a class beside one zip or folder, which may be one student's: it never replaces them."""

import pytest

from tests.intake.layouts import (
    CLASS,
    ONE_FILE,
    below,
    counting,
    intake,
    people,
    refusal,
    write,
    zipped,
)

BOOKS = {f"202700{n}.ipynb": "{}" for n in range(1, 6)}
TWO = below("a", {"a.ipynb": "{}"}) | below("b", {"a.ipynb": "{}"})
FORGED = {path: text for n in range(1, 9) for path, text in below(f"202700{n}").items()}


@pytest.mark.parametrize("roster", [CLASS, None])
@pytest.mark.parametrize("name", ["project", "hw1", "submissions"])
@pytest.mark.parametrize(
    "inside", [TWO, below("a") | below("b"), FORGED], ids=["books", "folders", "forged"]
)
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_one_crowd_takes_the_place_of_no_class(tmp_path, roster, name, inside, ending):
    write(tmp_path, {f"{name}.zip": zipped(inside)} if ending else below(name, inside))
    write(tmp_path, BOOKS)
    refused = refusal(tmp_path, roster)
    assert refused.code == "error.sections"
    assert refused.fields["found"].startswith(name)
    assert "2027001.ipynb" in refused.fields["beside"]


@pytest.mark.parametrize("roster", [CLASS, None])
def test_a_folder_called_like_a_class_takes_the_place_of_no_class(tmp_path, roster):
    write(tmp_path, BOOKS | {"제출/a.ipynb": "{}", "제출/b.ipynb": "{}"})
    assert refusal(tmp_path, roster).fields["found"] == "제출/ (2)"
    write(tmp_path / "b", below("submissions/2027001") | {"2027002.zip": zipped()})
    assert refusal(tmp_path / "b", roster).fields["beside"] == "2027002.zip"


def test_versions_of_somebody_on_the_roster_beside_files(tmp_path):
    write(tmp_path, BOOKS | below("2027006/a") | below("2027006/b"))
    assert counting(intake(tmp_path, CLASS))["2027006"] == "2027006/"
    assert refusal(tmp_path).code == "error.sections"
    both = people(tmp_path, layout="section/student")
    assert both == {"a", "b", *(name.removesuffix(".ipynb") for name in BOOKS)}


def test_of_two_assignments_the_own_one_takes_the_place_of_no_class(tmp_path):
    write(tmp_path, BOOKS | below("hw1", TWO) | below("hw2", TWO))
    assert refusal(tmp_path).fields["found"] == "hw1/ (2)"


@pytest.mark.parametrize("beside", ["demo.ipynb", "collect.py"])
def test_files_that_a_roster_does_not_know_are_left_over(tmp_path, beside):
    wanted = {"wanted": ONE_FILE} if beside.endswith(".py") else {}
    write(tmp_path, below("class", FORGED) | {beside: "{}", "notes.txt": ""})
    taken = intake(tmp_path, CLASS, **wanted)
    assert counting(taken)["2027002"] == "2027002/"
    assert taken.leftover == (beside, "notes.txt")
    assert refusal(tmp_path, **wanted).fields["beside"] == beside

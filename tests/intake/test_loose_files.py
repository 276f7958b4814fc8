"""Files of a class beside one zip or folder, which may be one student's: it never replaces them."""

import pytest

from grader.course.roster import Person, Roster
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


# --- names of few letters or digits


@pytest.mark.parametrize("ids", [("1", "2", "3", "6"), ("101", "102", "103", "106")])
@pytest.mark.parametrize("name", ["x", "last id"])
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_numbers_are_a_class_that_no_crowd_replaces(tmp_path, ids, name, ending):
    name = ids[-1] if name == "last id" else name
    inside = below(ids[0]) | below(ids[1])
    write(tmp_path, {f"{name}.zip": zipped(inside)} if ending else below(name, inside))
    write(tmp_path, dict.fromkeys((f"{one}.ipynb" for one in ids[:-1]), "{}"))
    refused = refusal(tmp_path, Roster(tuple(map(Person, ids))))
    assert (refused.code, refused.fields["found"]) == (
        "error.sections",
        f"{name}{ending or '/'} (2)",
    )


def test_numbers_of_teams_are_a_class_that_no_crowd_replaces(tmp_path):
    roster = Roster(tuple(Person(f"202700{n}", team=str(n // 2)) for n in range(2, 8)))
    write(tmp_path, {"x.zip": zipped(FORGED)} | dict.fromkeys(("1.ipynb", "2.ipynb"), "{}"))
    assert refusal(tmp_path, roster).fields["found"] == "x.zip (8)"


def by_team(names):
    return Roster(tuple(Person(str(2027001 + n), team=name) for n, name in enumerate(names)))


def by_moodle(names):
    return Roster(tuple(Person(str(2027001 + n), ids={"moodle": m}) for n, m in enumerate(names)))


@pytest.mark.parametrize(
    ("of", "names"),
    [(by_team, ("1조", "2조")), (by_team, ("1", "2")), (by_team, ("A", "B")), (by_moodle, "123")],
)
def test_a_class_of_short_names_beside_a_teachers_file(tmp_path, of, names):
    roster = of(names)
    write(tmp_path, {path: "" for name in names for path in below(f"class/{name}")})
    write(tmp_path, {"demo.ipynb": "{}"})
    taken = intake(tmp_path, roster)
    assert counting(taken) == {
        person.id: f"{n}/" for person, n in zip(roster.people, names, strict=True)
    }
    assert taken.leftover == ("demo.ipynb",)
    write(tmp_path, {"another.ipynb": "{}"})  # are they the class, and this problems?
    assert refusal(tmp_path, roster).code == "error.sections"


@pytest.mark.parametrize("name", ["hw1", "HW01", "submissions", "hw1-submissions"])
def test_one_file_beside_what_is_called_like_the_class(tmp_path, name):
    write(tmp_path, {path: "" for one in ("kim", "lee") for path in below(f"{name}/{one}")})
    write(tmp_path, {"demo.ipynb": "{}"})
    assert people(tmp_path) == {"kim", "lee"}
    write(tmp_path / "b", below(f"{name}/2027001") | below(f"{name}/2027002"))
    write(tmp_path / "b", {"2027003.ipynb": "{}"})
    for roster in (None, CLASS):
        assert refusal(tmp_path / "b", roster).fields["beside"] == "2027003.ipynb"


@pytest.mark.parametrize("beside", ["박민수", "report", "demo 박민수", "my solution"])
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_one_file_that_may_be_a_late_students_is_refused_without_a_roster(tmp_path, beside, ending):
    inside = below("이영희") | below("김철수")
    write(tmp_path, {"hw1.zip": zipped(inside)} if ending else below("hw1", inside))
    write(tmp_path, {f"{beside}.ipynb": "{}"})
    refused = refusal(tmp_path)
    assert (refused.code, refused.fields["beside"]) == ("error.sections", f"{beside}.ipynb")
    roster = Roster((Person("2027001", "이영희"), Person("2027002", "김철수")))
    assert intake(tmp_path, roster).leftover == (f"{beside}.ipynb",)


@pytest.mark.parametrize(
    "beside", ["demo", "Solution", "hw1_solution", "template", "README", "과제1 정답", "예제"]
)
def test_files_that_are_called_a_teachers_are_left_over(tmp_path, beside):
    write(tmp_path, below("hw1/이영희") | below("hw1/김철수") | {f"{beside}.ipynb": "{}"})
    taken = intake(tmp_path)
    assert set(counting(taken)) == {"이영희", "김철수"}
    assert taken.leftover == (f"{beside}.ipynb",)

"""A class never becomes one student, and no student a class."""

from dataclasses import replace

import pytest

from grader.course.roster import Person, Roster
from tests.intake.layouts import (
    ALL,
    CLASS,
    ONE_FILE,
    PACKAGE,
    TWO,
    WANTED,
    below,
    counting,
    intake,
    people,
    refusal,
    write,
    zipped,
)

# --- one student's folder or zip among others


@pytest.mark.parametrize("name", ["hw1", "hw01", "hw1-submissions", "submissions", PACKAGE])
@pytest.mark.parametrize("others", [below("kim") | below("lee") | below("oh"), None])
def test_what_one_student_calls_like_the_class_never_takes_its_place(tmp_path, name, others):
    others = others or dict.fromkeys(("kim.zip", "lee.zip", "oh.zip"), zipped())
    write(tmp_path / "a", others | {f"{name}.zip": TWO})
    write(tmp_path / "b", others | below(f"{name}/v1") | below(f"{name}/v2"))
    for place in ("a", "b"):
        refused = refusal(tmp_path / place)
        assert refused.code == "error.sections"
        assert name in refused.fields["found"]


def test_the_class_beside_loose_files_is_not_a_zip_of_one_of_them(tmp_path):
    write(tmp_path, {f"202700{n}.ipynb": "{}" for n in range(1, 4)} | {"hw1.zip": TWO})
    assert refusal(tmp_path, CLASS).code == "error.sections"


def test_a_folder_and_a_zip_for_the_assignment_with_other_people_in_each(tmp_path):
    inside = zipped(below("oh") | below("yi"))
    write(tmp_path, below("hw1/kim") | below("hw1/lee") | {"hw1.zip": inside})
    assert refusal(tmp_path).fields["found"] == "hw1/ (2), hw1.zip (2)"


def test_a_class_beside_one_student_of_another_assignment(tmp_path):
    write(tmp_path, below("hw1/kim") | below("hw1/lee") | below("hw2/kim"))
    assert people(tmp_path) == {"kim", "lee"}


def test_a_student_with_other_assignments_alone_is_no_class(tmp_path):
    two = replace(WANTED, others=("hw2", "hw3"))
    write(tmp_path, below("kim/hw2") | below("kim/hw3") | below("lee/hw1"))
    assert counting(intake(tmp_path, wanted=two)) == {"kim": None, "lee": "lee/hw1/"}


@pytest.mark.parametrize("ending", ["", ".zip"])
def test_late_ones_of_the_roster_are_no_student(tmp_path, ending):
    for n in range(1, 7):
        write(tmp_path, below(f"202700{n}"))
    late = below("2027007") | below("2027008")
    write(tmp_path, {"late.zip": zipped(late)} if ending else below("late", late))
    assert refusal(tmp_path, CLASS).fields["found"].startswith("late")
    assert people(tmp_path, CLASS, layout="section/student") == {p.id for p in CLASS.people}


def test_versions_of_somebody_on_the_roster_are_theirs_however_many(tmp_path):
    for version in ("v1", "v2", "v3"):
        write(tmp_path, below(f"2027001/{version}") | below(f"2027002_kim/{version}"))
    assert people(tmp_path, CLASS, layout=None) == {p.id for p in CLASS.people}
    assert counting(intake(tmp_path, CLASS))["2027002"] == "2027002_kim/"
    write(tmp_path / "alone", {"2027003.zip": TWO})
    assert counting(intake(tmp_path / "alone", CLASS))["2027003"] == "2027003.zip"


@pytest.mark.parametrize("called", ["Team {}", "{}조", "T{}", "{}"])
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_what_a_team_hands_in_is_one_whatever_its_files_are_called(tmp_path, called, ending):
    team = Roster(tuple(Person(f"202700{n}", team=called.format(n // 3)) for n in range(1, 6)))
    own, books = called.format(0), {"2027001.ipynb": "{}", "2027002.ipynb": "{}"}
    write(tmp_path, {f"{own}.zip": zipped(books)} if ending else below(own, books))
    write(tmp_path, below("2027003") | {"2027004.zip": zipped(), "2027005.zip": TWO})
    found = counting(intake(tmp_path, team))
    assert found["2027001"] == found["2027002"] == own + (ending or "/")
    alone = tmp_path / "alone"
    write(alone, below(own, {"2027001_hw1.zip": zipped()}))
    assert counting(intake(alone, team))["2027002"]


@pytest.mark.parametrize("ids", [("kim", "lee", "oh"), ("s1", "s2", "s3"), ("101", "102", "103")])
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_a_short_id_is_its_owners_with_another_name_inside(tmp_path, ids, ending):
    roster = Roster(
        tuple(Person(i, name=n) for i, n in zip(ids, ("김민수", "이영희", "박지훈"), strict=True))
    )
    for person in roster.people:
        inside = {f"{person.name}_hw1/{name}": text for name, text in below("x").items()}
        write(
            tmp_path,
            {f"{person.id}.zip": zipped(inside)} if ending else below(person.id, inside),
        )
    found = counting(intake(tmp_path, roster))
    assert found == {person: person + (ending or "/") for person in ids}


TEAMS = Roster(tuple(Person(f"202700{n}", team=f"Team {n // 3}") for n in range(9)))


@pytest.mark.parametrize("ending", ["", ".zip"])
def test_no_member_of_a_team_has_the_hand_in_of_another(tmp_path, ending):
    for n in (0, 1):
        files = {f"{n}.zip": zipped()} if ending else below(str(n))
        write(tmp_path / "alone", {f"Team 0/202700{name}": c for name, c in files.items()})
        write(tmp_path / "among", {f"Team 0/202700{name}": c for name, c in files.items()})
    found = counting(intake(tmp_path / "alone", TEAMS))
    assert (found["2027000"], found["2027001"]) == (
        f"2027000{ending or '/'}",
        f"2027001{ending or '/'}",
    )
    write(tmp_path / "among", below("Team 1") | below("Team 2"))
    assert refusal(tmp_path / "among", TEAMS).code == "error.sections"
    found = counting(intake(tmp_path / "among", TEAMS, layout="section/student"))
    assert found["2027001"] == f"Team 0/2027001{ending or '/'}"
    assert found["2027003"] == found["2027005"] == "Team 1/"


def test_a_student_with_versions_among_some_with_nothing(tmp_path):
    write(tmp_path, below("eve/v1") | below("eve/v2") | below("kim/hw2") | below("lee"))
    write(tmp_path, below("oh") | below("yi"))
    assert people(tmp_path) == {"eve", "kim", "lee", "oh", "yi"}


@pytest.mark.parametrize("crowd", ["choi", "hw1"])
def test_who_handed_in_other_files_is_somebody_all_the_same(tmp_path, crowd):
    write(tmp_path, below(f"{crowd}/v1") | below(f"{crowd}/v2"))
    for n in (1, 2, 3):
        write(tmp_path, {f"202700{n}/main.py": ""})
    if crowd == "hw1":
        assert refusal(tmp_path, CLASS).fields["beside"] == "2027001/, 2027002/, 2027003/"
    else:
        assert people(tmp_path, CLASS) == {"choi", *(p.id for p in CLASS.people)}


@pytest.mark.parametrize("late", [below("late/2027004"), {"late/2027004.zip": zipped()}, None])
def test_what_holds_one_of_the_roster_is_no_student(tmp_path, late):
    late = late or {"late.zip": zipped(below("2027004"))}
    write(tmp_path, below("2027001") | below("2027002") | below("2027003") | late)
    refused = refusal(tmp_path, CLASS)
    name = next(iter(late)).partition("/")[0]
    assert refused.fields["found"].replace("/", "") == f"{name} (1)"
    found = counting(intake(tmp_path, CLASS, layout="section/student"))
    assert found["2027004"].startswith(f"{name}/2027004")


def test_a_refusal_begins_with_the_largest_and_says_what_lies_beside(tmp_path):
    write(tmp_path, below("A/2027004") | below("oh") | {"2027005.zip": zipped()})
    write(tmp_path, below("B/2027001") | below("B/2027002"))
    refused = refusal(tmp_path, CLASS)
    assert refused.fields["found"] == "B/ (2), A/ (1)"
    assert refused.fields["beside"] == "2027005.zip, oh/"
    assert f"{tmp_path}/B " in refused.fields["one"]


# --- a template beside loose hand-ins


TEMPLATES = [below(PACKAGE), ALL, below("hw1")]


@pytest.mark.parametrize("template", TEMPLATES, ids=["package", "files", "assignment"])
def test_a_template_beside_notebooks(tmp_path, template):
    place = write(tmp_path / "c", template | {"2027001.ipynb": "{}", "2027002.ipynb": "{}"})
    assert refusal(place).code == "error.one_or_many"
    assert people(place, layout="student") == {"2027001", "2027002"}
    assert people(place, layout="submission") == {"c"}
    found = intake(place, CLASS)
    assert counting(found)["2027001"] == "2027001.ipynb"
    assert {name.rstrip("/") for name in found.leftover} == {n.partition("/")[0] for n in template}


@pytest.mark.parametrize("template", TEMPLATES, ids=["package", "files", "assignment"])
def test_a_template_beside_one_notebook(tmp_path, template):
    place = write(tmp_path / "c", template | {"2027001.ipynb": "{}"})
    assert people(place) == {"c"}
    assert refusal(place, CLASS).code == "error.one_or_many"


def test_a_template_beside_files_where_one_is_wanted(tmp_path):
    """Where no roster says that they are people's, they are the helpers of one hand-in."""
    write(tmp_path, dict.fromkeys(("2027001.py", "2027002.py", "text.py"), ""))
    assert people(tmp_path, wanted=ONE_FILE) == {tmp_path.name}
    assert people(tmp_path, wanted=ONE_FILE, layout="student") == {"2027001", "2027002"}
    found = intake(tmp_path, CLASS, wanted=ONE_FILE)
    assert counting(found)["2027002"] == "2027002.py"
    assert found.leftover == ("text.py",)


def test_one_hand_in_with_its_helpers_and_a_notebook(tmp_path):
    write(tmp_path / "kim", ALL | dict.fromkeys(("a.py", "b.py", "report.ipynb"), ""))
    write(tmp_path / "lee", dict.fromkeys(("text.py", "helpers.py"), ""))
    assert people(tmp_path / "kim") == {"kim"}
    assert people(tmp_path / "lee", wanted=ONE_FILE) == {"lee"}


# --- loose files alone


def test_one_students_notebook_removes_nobodys_file(tmp_path):
    write(tmp_path, {"kim.py": "", "lee.py": "", "park.ipynb": "{}"})
    assert people(tmp_path, wanted=ONE_FILE) == {"kim", "lee", "park"}


@pytest.mark.parametrize("roster", [CLASS, None])
def test_files_of_one_name_are_one_hand_in_where_one_is_wanted(tmp_path, roster):
    write(tmp_path, {"2027001.ipynb": "{}", "2027001.py": "", "2027002.ipynb": "{}"})
    found = counting(intake(tmp_path, roster, wanted=ONE_FILE))
    assert found["2027001"] == "2027001.ipynb, 2027001.py"


def test_files_of_the_roster_alone(tmp_path):
    write(tmp_path, {"2027001.py": "", "2027002_kim.py": ""})
    found = counting(intake(tmp_path, CLASS))
    assert (found["2027001"], found["2027002"]) == ("2027001.py", "2027002_kim.py")


@pytest.mark.parametrize("folder", ["submissions", "제출"])
def test_loose_files_in_a_folder_called_like_a_class(tmp_path, folder):
    files = {"kim.ipynb": "{}", "lee.ipynb": "{}"}
    write(tmp_path / "a", below(folder, files))
    write(tmp_path, {f"{folder}.zip": zipped(files)})
    assert people(tmp_path / "a") == {"kim", "lee"}
    assert people(tmp_path / f"{folder}.zip") == {"kim", "lee"}


def test_loose_files_of_the_roster_in_a_folder(tmp_path):
    files = {"2027001.ipynb": "{}", "2027002_hw1.ipynb": "{}"}
    template = files | below(PACKAGE)
    write(tmp_path / "a", below("spring", files))
    write(tmp_path / "b", below("hw1", files))
    write(tmp_path / "c", below("spring", template))
    write(tmp_path, {"spring.zip": zipped(files), "spring 2.zip": zipped(template)})
    for place in ("a", "b", "c", "spring.zip", "spring 2.zip"):
        found = counting(intake(tmp_path / place, CLASS))
        assert found["2027002"] == "2027002_hw1.ipynb"
    write(tmp_path / "a", below("autumn", {"2027003.ipynb": "{}", "2027004.ipynb": "{}"}))
    assert refusal(tmp_path / "a", CLASS).code == "error.sections"


def test_two_files_of_one_person_in_a_folder_are_no_class(tmp_path):
    files = {"2027001.ipynb": "{}", "2027001_plots.ipynb": "{}"}
    write(tmp_path, below("mine", files) | below("2027002"))
    assert "mine" in people(tmp_path, CLASS)


# --- sections of loose files


def test_a_section_of_files_alone_is_no_student(tmp_path):
    files = dict.fromkeys(("kim.py", "lee.py", "oh.py"), "")
    write(tmp_path, below("A", files) | below("B/yi"))
    refused = refusal(tmp_path, layout="section/student")
    assert (refused.code, refused.fields["folder"]) == ("error.section_or_person", "A/")
    found = people(tmp_path, layout="section/student", wanted=ONE_FILE)
    assert found == {"kim", "lee", "oh", "yi"}


def test_a_section_of_files_of_the_roster(tmp_path):
    write(tmp_path, below("A", {"2027001.py": "", "2027002_kim.py": ""}) | below("B/2027003"))
    found = counting(intake(tmp_path, CLASS, layout="section/student"))
    assert (found["2027001"], found["2027002"]) == ("A/2027001.py", "A/2027002_kim.py")


def test_files_of_other_names_beside_the_sections_are_their_owners(tmp_path):
    write(tmp_path, below("A/2027003") | below("2027001", {"main.py": "", "train.py": ""}))
    found = counting(intake(tmp_path, CLASS, layout="section/student"))
    assert found["2027001"] == "2027001/"


@pytest.mark.parametrize("own", ["2027005_part.py", "2027001.py", "2027001.ipynb"])
def test_what_one_student_has_beside_the_sections_is_one_hand_in(tmp_path, own):
    write(tmp_path, below("A/2027003") | below("2027001", {own: "", "model.py": ""}))
    found = counting(intake(tmp_path, CLASS, layout="section/student"))
    assert (found["2027001"], found["2027005"]) == ("2027001/", None)


def test_a_section_called_like_a_team_is_no_hand_in(tmp_path):
    files = {"2027003.ipynb": "{}", "2027004.ipynb": "{}"}
    write(tmp_path, below("Team 1", files) | below("Team 0/2027001"))
    found = counting(intake(tmp_path, TEAMS, layout="section/student"))
    assert found["2027004"] == "Team 1/2027004.ipynb"

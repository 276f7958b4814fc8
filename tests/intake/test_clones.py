"""A clone for each student: whose it is, whatever lies in another's."""

from grader.course.roster import Person, Roster
from tests.intake.layouts import below, counting, intake, write


def people(path, roster=None):
    return set(counting(intake(path, roster)))


def clone(name):
    return below(name) | {f"{name}/.git/config": ""}


def test_clones_of_github_classroom(tmp_path):
    write(tmp_path, clone("hw1-kim") | clone("hw1-lee-minsu") | clone("hw1-kim-2"))
    found = intake(tmp_path)
    assert found.source == "git"
    assert set(counting(found)) == {"kim", "lee-minsu", "kim-2"}


def test_the_assignments_slug_is_told_by_the_folder_of_clones(tmp_path):
    folder = tmp_path / "first-homework-submissions"
    write(folder, clone("first-homework-kim") | clone("first-homework-lee"))
    assert people(folder) == {"kim", "lee"}


def test_clones_without_a_slug_keep_their_names(tmp_path):
    write(tmp_path, clone("kim-a") | clone("kim-b"))
    assert people(tmp_path) == {"kim-a", "kim-b"}


GITHUB = Roster(
    tuple(Person(f"202700{n}", ids={"github": user}) for n, user in enumerate(("kim", "lee", "oh")))
)


def test_a_folder_in_one_clone_makes_no_course_of_nbgraders(tmp_path):
    write(tmp_path, clone("nlp-hw1-kim") | clone("nlp-hw1-lee") | clone("nlp-hw1-oh"))
    write(tmp_path, {"nlp-hw1-oh/hw1/notes.txt": ""})
    assert intake(tmp_path).source == "git"
    assert people(tmp_path) == {"kim", "lee", "oh"}
    assert people(tmp_path, GITHUB) == {"2027000", "2027001", "2027002"}


def test_a_user_called_like_the_assignment_changes_nobodys_name(tmp_path):
    write(tmp_path, clone("nlp-hw1-kim") | clone("nlp-hw1-lee") | clone("nlp-hw1-hw1-foo"))
    assert people(tmp_path) == {"kim", "lee", "hw1-foo"}


def test_no_part_of_a_users_name_is_another_user(tmp_path):
    write(tmp_path, clone("nlp-hw1-kim") | clone("nlp-hw1-lee") | clone("nlp-hw1-x-lee"))
    write(tmp_path, below("solutions"))
    found = counting(intake(tmp_path, GITHUB))
    assert found["2027001"] == "nlp-hw1-lee/"
    assert {"x-lee", "solutions"} < set(found)
    write(tmp_path / "b", clone("a-kim") | clone("x-lee"))
    assert {"a-kim", "x-lee"} < people(tmp_path / "b", GITHUB)


def test_a_slug_of_another_name_is_known_by_what_follows(tmp_path):
    write(tmp_path, clone("spring-first-kim") | clone("spring-first-lee"))
    write(tmp_path, clone("spring-first-who"))
    assert people(tmp_path, GITHUB) == {"2027000", "2027001", "2027002", "who"}

"""A clone for each student: whose it is, whatever lies in another's."""

import os
import subprocess
import sys

import pytest

from grader.course.roster import Person, Roster
from tests.intake.layouts import below, counting, intake, people, write


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


LAB = clone("lab-one-kim") | clone("lab-one-lee") | clone("lab-one-oh")


@pytest.mark.parametrize(
    ("clones", "strangers"),
    [
        (LAB | below("solutions"), {"solutions"}),
        (LAB | {"notes/a.txt": ""}, {"notes"}),
        (clone("lab-one-kim") | clone("lab-one-lee") | clone("oh"), set()),
        (clone("lab-one-KIM") | clone("lab-one-Lee") | clone("lab-one-oh"), set()),
    ],
)
def test_what_lies_beside_clones_of_another_slug_changes_nobodys_name(tmp_path, clones, strangers):
    write(tmp_path, clones)
    found = counting(intake(tmp_path, GITHUB))
    assert None not in found.values()
    assert set(found) - {"2027000", "2027001", "2027002"} == strangers


@pytest.mark.parametrize("dropped", [(), ("d1", "d2", "d3")])
def test_the_only_one_on_the_roster_among_clones_of_another_slug(tmp_path, dropped):
    write(tmp_path, clone("lab-one-kim"))
    for user in dropped:
        write(tmp_path, clone(f"lab-one-{user}"))
    found = counting(intake(tmp_path, GITHUB))
    assert found["2027000"] == "lab-one-kim/"
    assert set(dropped) < set(found)


@pytest.mark.parametrize("head", ["nlp-hw1-", "hw1-nlp-"])
def test_the_longest_head_is_the_slug_in_a_folder_of_the_course(tmp_path, head):
    write(tmp_path / "nlp", clone(f"{head}kim") | clone(f"{head}lee"))
    script = f"""if True:
        from pathlib import Path
        from tests.intake.layouts import counting, intake
        print(sorted(counting(intake(Path({str(tmp_path / "nlp")!r})))))"""
    for seed in ("0", "1", "2"):  # a set's order is another with each
        command = [sys.executable, "-c", script]
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        assert done.stdout == "['kim', 'lee']\n"

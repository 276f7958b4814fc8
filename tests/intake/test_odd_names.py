"""A name with blanks around it or a dot before it concerns whoever has it, never the class."""

import pytest

from grader.intake.read import read
from grader.records.record import Message
from tests.intake.layouts import ALL, FILES, PACKAGE, below, counting, intake, write, zipped


def canvas(name, user, section=""):
    return {f"{section}{name}_{user}_{user}00_hw.zip": zipped()}


def moodle(name, user, section=""):
    return below(f"{section}{name}_{user}_assignsubmission_file_")


def in_a_folder(tmp_path, files):
    return write(tmp_path / "class", files)


def in_a_zip(tmp_path, files):
    (tmp_path / "class.zip").write_bytes(zipped(files))
    return tmp_path / "class.zip"


@pytest.fixture(params=[in_a_folder, in_a_zip])
def place(request, tmp_path):
    return lambda files: request.param(tmp_path, files)


@pytest.mark.parametrize("odd", [" kim", "kim ", "kim\u00a0"])
def test_who_differs_by_blanks_alone_stops_nobody_else(place, odd):
    found = counting(intake(place(below("kim") | below("lee") | below(odd))))
    assert found["lee"] == "lee/"
    assert len(found["kim"]) == 2  # nobody knows which of them counts
    assert len(found) == 2


@pytest.mark.parametrize("inner", ["", f"/{PACKAGE}", "/hw1"])
def test_a_name_with_a_dot_before_it_is_somebody_where_a_hand_in_lies_below(place, inner):
    found = intake(place(below("kim") | below("lee") | below(f".kim{inner}") | {".git/config": ""}))
    assert {"kim", "lee"} < set(counting(found))
    odd = next(person for person in found.people if person.id == ".kim")
    assert set(read(odd.found(), PACKAGE, FILES, FILES).files) == set(FILES)
    assert found.leftover == (".git/",)


def test_a_lone_name_with_a_dot(tmp_path):
    assert counting(intake(in_a_folder(tmp_path, below(".kim")))) == {".kim": ".kim/"}
    (packed,) = intake(in_a_zip(tmp_path, below(".kim"))).people
    problem = read(packed.found(), PACKAGE, FILES, FILES).problem
    assert problem == Message("hidden_folder", {"found": ".kim/"})


@pytest.mark.parametrize("of", [canvas, moodle])
def test_a_dot_before_a_name_in_a_download(place, of):
    found = intake(place(of("kim", 1) | of("lee", 2) | of(".kim", 3)))
    assert (set(counting(found)), found.leftover) == ({"1", "2", "3"}, ())


@pytest.mark.parametrize("of", [canvas, moodle])
def test_a_section_with_a_dot_before_it(place, of):
    sections = of("kim", 1, "a/") | of("lee", 2, "a/") | of("oh", 3, ".b/") | of("park", 4, ".b/")
    path = place(sections | {".git/config": ""})
    found = intake(path, layout="section/student")
    assert (set(counting(found)), found.leftover) == ({"1", "2", "3", "4"}, (".git/",))


def test_a_name_of_many_endings_in_somebodys_zip_stops_nobody(tmp_path):
    endless = zipped(ALL | {"a" + ".zip" * 16_000: ""})
    write(tmp_path, {"kim.zip": zipped(), "bob.zip": endless})
    assert set(counting(intake(tmp_path))) == {"kim", "bob"}

"""A name with blanks around it or a dot before it concerns whoever has it, never the class."""

import pytest

from grader.course.roster import Person, Roster
from grader.intake.entries import MAX_NAME
from grader.intake.names import without_copy
from grader.intake.nodes import Packed
from grader.intake.read import read
from grader.records.record import Message
from tests.intake.layouts import ALL, FILES, PACKAGE, below, counting, intake, write, zipped

BOB = Roster((Person("bob1"), Person("kim1")))


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


@pytest.mark.parametrize("copy", ["{}x", "{}(1", "{}copy x", "(1){}x"])
def test_a_name_of_many_blanks_costs_nothing(tmp_path, copy):
    """Where each blank is tried as the first, these take minutes."""
    blanks = copy.format(" " * 65_000)
    assert without_copy(f"a{blanks}") == f"a{blanks}"
    assert without_copy("a" + " " * 65_000 + "(1)") == "a"
    endless = zipped(below("a" + copy.format(" " * 60_000)))
    write(tmp_path, {"kim.zip": zipped(), "bob.zip": endless})
    assert set(counting(intake(tmp_path, BOB))) == {"kim", "bob", "bob1", "kim1"}


@pytest.mark.parametrize("name", ["x" * 401, f"{'x' * 401}/text.py", f"a/{'x' * 401}"])
def test_no_name_in_a_zip_is_longer_than_may_be_read(tmp_path, name):
    """What compares names, or looks for numbers in them, then meets none that is endless."""
    (tmp_path / "class.zip").write_bytes(zipped({name: "", "kim/text.py": ""}))
    children = Packed.root(tmp_path / "class.zip").children
    assert all(len(child.name) <= MAX_NAME for child in children)
    taken = intake(tmp_path / "class.zip", layout="student")
    assert list(counting(taken)) == ["kim"]
    assert len(taken.leftover) == 1

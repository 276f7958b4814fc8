"""A name with blanks around it or a dot before it concerns whoever has it, never the class."""

import pytest

from grader.course.roster import Person, Roster
from grader.intake.entries import MAX_NAME
from grader.intake.names import without_copy
from grader.intake.nodes import Packed
from grader.intake.read import read
from grader.records.record import Message
from tests.intake.layouts import ALL, CLASS, FILES, PACKAGE, below, counting, intake, write, zipped

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
    (tmp_path / "class.zip").write_bytes(zipped({name: ""} | below("kim") | below("lee")))
    pending = [Packed.root(tmp_path / "class.zip")]
    for node in pending:
        assert len(node.name) <= MAX_NAME
        pending += node.children
    taken = intake(tmp_path / "class.zip", layout="student")
    is_owned = name.startswith("a/")
    assert counting(taken) == {"kim": "kim/", "lee": "lee/"} | ({"a": "a/"} if is_owned else {})
    assert len(taken.leftover) == (0 if is_owned else 1)


# --- what may not be followed in the zip of a class

LONG, DEEP = "x" * 401, "a/" * 41


@pytest.mark.parametrize("around", ["", "class/", "hw1/", "submissions/"])
@pytest.mark.parametrize("odd", [LONG, f"{LONG}/a.py", f"{DEEP}a.ipynb", f"{DEEP}a.zip", "../a.py"])
@pytest.mark.parametrize("roster", [CLASS, None])
def test_an_odd_name_concerns_its_owner_alone(tmp_path, around, odd, roster):
    files = below(f"{around}2027001") | below(f"{around}2027002") | {f"{around}2027001/{odd}": ""}
    (tmp_path / "class.zip").write_bytes(zipped(files))
    for place in (tmp_path / "class.zip", tmp_path):
        taken = intake(place, roster)
        found = {one: label for one, label in counting(taken).items() if label}
        assert found == {"2027001": "2027001/", "2027002": "2027002/"}
    owner = taken.people[0]
    submission = read(owner.found(), PACKAGE, FILES, FILES)
    assert set(submission.files) == set(FILES)
    assert len(submission.ignored) == 1  # it is told there


@pytest.mark.parametrize("odd", [f"{DEEP}a.zip", LONG, "../a.zip"])
@pytest.mark.parametrize("folder", ["kim/2027002", "kim/../2027002"])
def test_an_odd_name_makes_nothing_of_anybody_elses(tmp_path, odd, folder):
    (tmp_path / "class.zip").write_bytes(
        zipped(below("kim") | below("lee") | {f"{folder}/{odd}": ""})
    )
    taken = intake(tmp_path / "class.zip", CLASS, layout="student")
    assert counting(taken)["2027002"] is None


@pytest.mark.parametrize("of", [canvas, moodle])
def test_a_file_of_a_long_name_in_a_download_is_nobodys(tmp_path, of):
    lee = next(iter(of("lee", 2))).partition("/")[0].removesuffix(".zip")
    long = f"{lee}{'x' * 100}_1_assignsubmission_file_{'y' * 400}.py"
    (tmp_path / "class.zip").write_bytes(zipped(of("lee", 2) | {long: ""}))
    taken = intake(tmp_path / "class.zip")
    assert counting(taken) == {"2": lee + ("/" if of is moodle else ".zip")}
    assert len(taken.leftover) == 1

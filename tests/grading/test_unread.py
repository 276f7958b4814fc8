"""What cannot even be read, by a fault of ours, costs nobody else their grade."""

import io
import zipfile
from dataclasses import replace

import pytest

from grader.cli.progress import show
from grader.course import assignment as assignments
from grader.course.roster import Person, Roster
from grader.grading.batch import Settings, grade_batch
from grader.grading.engines.local import Pool
from grader.grading.results import unrun
from grader.intake.find import find
from grader.intake.handin import Found, Wanted
from grader.intake.join import join
from grader.intake.read import Submission, Unread, read_for
from grader.intake.request import Request
from grader.records import store
from grader.records.record import MISSING, Message, Status

FILES = {
    "sums.py": "def add(a, b): return a + b\n",
    "words.py": "def greet(n): return f'Hello {n}'",
}


def section(*students):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for student in students:
            for name, content in FILES.items():
                archive.writestr(f"{student}/{name}", content)
    return buffer.getvalue()


@pytest.fixture
def place(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "A.zip").write_bytes(section("kim", "lee"))
    (tmp_path / "class" / "B.zip").write_bytes(section("park"))
    return tmp_path / "class"


@pytest.fixture
def grade(course, place, tmp_path):
    """Grade the class, of which something may `happen` after it was found."""
    model = assignments.load(course / "assignments/tiny", references=course / "reference")
    wanted = Wanted("tiny", model.package, tuple(file.name for file in model.files))
    request = Request(tmp_path / "out", layout="section/student")

    def run(happen=lambda: None, *, roster=None, regrade=False):
        people = join(find(place, wanted, request), roster, "last", wanted).people
        happen()
        settings = Settings(tmp_path / "out", Pool(1), regrade, allow_weak_jail=True)
        steps = grade_batch(model, [person.found() for person in people], settings)
        return show(steps, len(people), "en", {}, quiet=True)

    return run


def record(tmp_path, student):
    return store.read(tmp_path / "out" / "records" / "tiny" / f"{student}.json")


def test_a_fault_of_ours_in_reading_is_of_one_person(grade, place, tmp_path, capsys):
    """An archive that goes away between finding and reading stands for what we do not know of."""
    summary = grade((place / "B.zip").unlink)
    assert summary.points == {"kim": 10, "lee": 10, "park": None}
    assert summary.broken == 1  # and so the exit code is 3
    park = record(tmp_path, "park")
    assert (park.status, park.points, park.extra_points) == (Status.BROKEN, None, None)
    assert park.problem == Message("unread", {"kind": "FileNotFoundError"})  # no path of ours
    assert str(place / "B.zip") in capsys.readouterr().err
    (place / "B.zip").write_bytes(section("park"))
    again = grade()
    assert (again.points["park"], again.broken, again.kept) == (10, 0, 2)


@pytest.mark.parametrize("regrade", [False, True])
def test_who_was_graded_before_keeps_that(grade, place, tmp_path, regrade):
    grade()
    before = record(tmp_path, "park")
    damaged = grade(lambda: (place / "B.zip").write_bytes(b"PK"), regrade=regrade)
    assert damaged.points == {"kim": 10, "lee": 10, "park": 10}
    assert (damaged.kept, damaged.broken) == (0 if regrade else 2, 1)
    assert list(damaged.unread) == ["park"]
    assert record(tmp_path, "park") == before


def test_what_could_not_be_read_is_not_missing_later(grade, place):
    grade((place / "B.zip").unlink)
    roster = Roster((Person("kim"), Person("lee"), Person("park")))
    later = grade(roster=roster)
    assert (later.points["park"], later.missing, later.broken) == (None, 0, 1)


def test_whoever_reads_one_stops_where_it_cannot_be_read(course, place, tmp_path):
    """And so no template is empty, nor is a student blamed."""
    model = assignments.load(course / "assignments/tiny", references=course / "reference")
    wanted = Wanted("tiny", model.package, tuple(file.name for file in model.files))
    request = Request(tmp_path / "out", layout="section/student")
    taken = join(find(place, wanted, request), None, "last", wanted)
    (place / "B.zip").unlink()
    (park,) = [person.found() for person in taken.people if person.id == "park"]
    with pytest.raises(Unread) as caught:
        read_for(model, park)
    assert caught.value.exit_code == 3


# --- a record of what is not, or not surely, its owner's ---


def kept(course, tmp_path, entries, *, source="2027001_김철수.zip", points=10.0):
    """What becomes of the record of 2027001 that was graded before."""
    model = assignments.load(course / "assignments/tiny", references=course / "reference")
    submission = Submission.in_memory("2027001", {})
    good = replace(unrun(model, submission), status=Status.GRADED, points=points, source=source)
    out = tmp_path / "out"
    (out / "records" / "tiny").mkdir(parents=True)
    store.write(good, out / "records" / "tiny" / "2027001.json")
    settings = Settings(out, Pool(1), allow_weak_jail=True)
    steps = grade_batch(model, entries, settings)
    return show(steps, len(entries), "en", {}, quiet=True)


def missing(*perhaps):
    return Found("2027001", None, problem=Message(MISSING), perhaps=perhaps)


@pytest.mark.parametrize("source", ["2027001_김철수.zip", "2027001_김철수.zip/hw1/tiny.zip"])
def test_a_record_of_what_now_counts_for_nobody_does_not_hold(course, tmp_path, source):
    summary = kept(course, tmp_path, [missing("2027001_김철수.zip")], source=source)
    assert (summary.kept, summary.missing) == (0, 1)


@pytest.mark.parametrize("perhaps", [(), ("2027001_김철수.zip",)])
def test_a_record_of_anything_else_holds(course, tmp_path, perhaps):
    summary = kept(course, tmp_path, [missing(*perhaps)], source="2027001.zip")
    assert (summary.kept + summary.rescored, summary.missing) == (1, 0)


def test_a_record_of_what_now_counts_for_another_does_not_hold(course, tmp_path):
    (tmp_path / "hw").mkdir()
    other = Found("2027002", tmp_path / "hw", "2027001_김철수.zip")
    assert kept(course, tmp_path, [missing(), other]).missing == 1


def test_a_record_of_the_very_files_that_another_hands_in_now_is_told(course, tmp_path, capsys):
    for name, content in FILES.items():
        (tmp_path / "tiny").mkdir(exist_ok=True)
        (tmp_path / "tiny" / name).write_text(content)
    model = assignments.load(course / "assignments/tiny", references=course / "reference")
    other = Found("2027002", tmp_path / "tiny", "2027002.zip")
    settings = Settings(tmp_path / "out", Pool(1), allow_weak_jail=True)
    show(
        grade_batch(model, [replace(other, student="2027001", source="2027001.zip")], settings),
        1,
        "en",
        {},
        quiet=True,
    )
    show(grade_batch(model, [missing(), other], settings), 2, "en", {}, quiet=True)
    assert "the same as those that 2027002 handed in now" in capsys.readouterr().err

"""What cannot even be read, by a fault of ours, costs nobody else their grade."""

import io
import zipfile

import pytest

from grader.cli.progress import show
from grader.course import assignment as assignments
from grader.grading.batch import Settings, grade_batch
from grader.grading.engines.local import Pool
from grader.intake.find import find
from grader.intake.handin import Wanted
from grader.intake.join import join
from grader.intake.request import Request
from grader.records import store
from grader.records.record import Status

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

    def run(happen=lambda: None):
        people = join(find(place, wanted, request), None, "last", wanted).people
        happen()
        settings = Settings(tmp_path / "out", Pool(1), allow_weak_jail=True)
        steps = grade_batch(model, [person.found() for person in people], settings)
        return show(steps, len(people), "en", {}, quiet=True)

    return run


def record(tmp_path, student):
    return store.read(tmp_path / "out" / "records" / "tiny" / f"{student}.json")


def test_a_fault_of_ours_in_reading_is_of_one_person(grade, place, tmp_path):
    """An archive that goes away between finding and reading stands for what we do not know of."""
    summary = grade((place / "B.zip").unlink)
    assert summary.points == {"kim": 10, "lee": 10, "park": None}
    assert summary.broken == 1  # and so the exit code is 3
    park = record(tmp_path, "park")
    assert (park.status, park.points, park.extra_points) == (Status.BROKEN, None, None)
    said = park.problem.fields["reason"]
    assert said.startswith("This submission could not be read (FileNotFoundError: ")
    assert "\n" not in said
    (place / "B.zip").write_bytes(section("park"))
    again = grade()
    assert (again.points["park"], again.broken, again.kept) == (10, 0, 2)


def test_who_was_graded_before_is_no_obstacle_either(grade, place):
    grade()
    damaged = grade(lambda: (place / "B.zip").write_bytes(b"PK"))
    assert damaged.points == {"kim": 10, "lee": 10, "park": None}
    assert damaged.kept == 2

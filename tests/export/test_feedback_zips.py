"""Feedback in the layout of an LMS, read as the LMS reads it."""

import dataclasses
import io
import json
import zipfile

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from grader.records import store
from grader.records.outcome import Outcome
from grader.records.record import Counterexample, Shown
from tests.export import consumers, odd_class
from tests.intake.layouts import zipped

NUMBERED = ("12345_678, Number", 4111, "20279999", "")
PEOPLE = [*odd_class.people(10), NUMBERED]


def export(command, out, tmp_path, *options):
    target = tmp_path / "feedback.zip"
    call = ["export", command, str(out), "hw1", "-o", str(target), *options]
    result = CliRunner().invoke(main, call)
    assert result.exit_code == 0, result.output
    return target.read_bytes(), result.output


@pytest.fixture(scope="module")
def from_moodle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("moodle")
    download = odd_class.moodle_download(folder / "submissions", PEOPLE)
    odd_class.graded(folder / "out", download, None, PEOPLE)
    return folder / "out"


@pytest.fixture(scope="module")
def from_canvas(tmp_path_factory):
    """Files of many kinds: a name with numbers in it, a file that Canvas would pass over."""
    folder = tmp_path_factory.mktemp("canvas")
    download = odd_class.canvas_download(folder / "submissions", PEOPLE[:6])
    others = {
        "group_3_4111_70_hw1.zip": zipped(),  # Canvas would take 3 for the user
        "park_4112_71_text.py": "x = 1\n",
        "lee_4113_72_hw1.ipynb": "{}",
        "choi_4114_73_report.pdf": "%PDF",
        "jung_4115_74_link.py": "x = 1\n",
        "yu_4116_text.html": "<p>typed</p>",
    }
    for name, content in others.items():
        data = content if isinstance(content, bytes) else content.encode()
        (download / name).write_bytes(data)
    roster = folder / "roster.csv"
    users = [user for _, user, _, _ in PEOPLE[:6]] + list(range(4111, 4117))
    roster.write_text("Student,ID\n" + "".join(f"n{user},{user}\n" for user in users))
    odd_class.graded(folder / "out", download, roster, PEOPLE)
    return folder / "out"


def test_moodle_gives_each_participant_their_own_pages(from_moodle, tmp_path):
    data, said = export("moodle-feedback", from_moodle, tmp_path)
    numbers = {user for _, user, _, _ in PEOPLE}
    read = consumers.moodle_feedback(data, numbers)
    names = {"feedback.html", "feedback.ko.html"}
    assert set(read) == {(number, name) for number in numbers for name in names}
    for (number, _), page in read.items():
        assert f"<bdi>{number}</bdi>" in page.decode()
    assert f"of {len(PEOPLE)} students" in said


def test_a_number_that_two_students_have_gets_nothing(from_moodle, tmp_path):
    """A team's hand-in: its number would give one member's pages to another."""
    out = from_moodle
    intake = json.loads((out / "intake" / "hw1.json").read_text())
    for person in intake["people"][:2]:
        person["ids"] = {"moodle": "7"}
    copy = tmp_path / "out"
    (copy / "intake").mkdir(parents=True)
    (copy / "intake" / "hw1.json").write_text(json.dumps(intake))
    for name in ("assignments", "records"):
        (copy / name).symlink_to(out / name)
    data, said = export("moodle-feedback", copy, tmp_path)
    assert 7 not in {number for number, _ in consumers.moodle_feedback(data, set(range(60_000)))}
    assert "shared with somebody else (2)" in said


def test_the_same_feedback_makes_the_same_bytes(from_moodle, tmp_path):
    first, _ = export("moodle-feedback", from_moodle, tmp_path)
    assert export("moodle-feedback", from_moodle, tmp_path)[0] == first


def test_canvas_takes_each_file_for_the_one_that_was_handed_in(from_canvas, tmp_path):
    data, said = export("canvas-feedback", from_canvas, tmp_path)
    read = consumers.canvas_feedback(data)
    expected = {(user, 900_000 + i) for i, (_, user, _, _) in enumerate(PEOPLE[:6])}
    assert set(read) == expected | {(4111, 70), (4112, 71), (4113, 72), (4115, 74)}
    with zipfile.ZipFile(io.BytesIO(read[4111, 70])) as inner:
        assert "<bdi>4111</bdi>" in inner.read("feedback.html").decode()
    compile(read[4112, 71], "text.py", "exec")
    assert read[4112, 71].decode().startswith("# Naive Bayes")
    assert json.loads(read[4113, 72])["cells"][0]["cell_type"] == "raw"
    assert "4114" in said and "4116" in said


def test_names_of_the_download_are_kept(from_canvas, tmp_path):
    data, _ = export("canvas-feedback", from_canvas, tmp_path)
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert "kimminsu_LATE_50000_900000_hw1.zip" in names
    assert "park_4112_71_text.py" in names
    assert not any("/" in name for name in names)


def test_a_text_is_in_every_language_of_the_course_whatever_the_shell(
    from_canvas, tmp_path, monkeypatch
):
    """As a zip is, in which there is a page for each."""
    of_canvas = []
    for shell in ("en_US.UTF-8", "ko_KR.UTF-8"):
        monkeypatch.setenv("LC_ALL", shell)
        of_canvas.append(export("canvas-feedback", from_canvas, tmp_path)[0])
    assert of_canvas[0] == of_canvas[1]
    read = consumers.canvas_feedback(of_canvas[0])
    book = json.loads(read[4113, 72])["cells"][0]["source"]
    for text in (read[4112, 71].decode(), book):
        assert -1 < text.find("Cleaning and splitting text") < text.find("텍스트 정리와 나누기")
    alone = consumers.canvas_feedback(
        export("canvas-feedback", from_canvas, tmp_path, "--lang", "ko")[0]
    )
    assert "Cleaning" not in alone[4112, 71].decode()


@pytest.mark.parametrize("lms", ["canvas", "moodle"])
def test_inputs_of_hidden_checks_reach_the_lms_when_they_are_published(lms, request, tmp_path):
    out = request.getfixturevalue(f"from_{lms}")
    path = min((out / "records" / "hw1").glob("*.json"))
    before = path.read_bytes()
    store.write(asked_by_a_hidden_check(store.read(path), "hw1.clean(41)"), path)

    def shown(*options):
        with zipfile.ZipFile(
            io.BytesIO(export(f"{lms}-feedback", out, tmp_path, *options)[0])
        ) as f:
            texts = [f.read(name) for name in f.namelist()]
        for text in [text for text in texts if text.startswith(b"PK")]:
            with zipfile.ZipFile(io.BytesIO(text)) as inner:
                texts += [inner.read(name) for name in inner.namelist()]
        return any(b"hw1.clean(41)" in text for text in texts)

    try:
        assert [shown(), shown("--published")] == [False, False]
        assert shown("--published", "--with-inputs")
    finally:
        path.write_bytes(before)


def asked_by_a_hidden_check(record, line):
    asked = Counterexample([line], Shown("2", []), Shown("3", []))
    exercise = next(e for e in record.exercises if any(not c.public for c in e.checks))
    hidden = next(c for c in exercise.checks if not c.public)
    failed = dataclasses.replace(
        hidden, outcome=Outcome.FAILED, counterexample=asked, passes_with=[]
    )
    checks = [failed if check is hidden else check for check in exercise.checks]
    changed = dataclasses.replace(exercise, checks=checks)
    exercises = [changed if e is exercise else e for e in record.exercises]
    return dataclasses.replace(record, exercises=exercises)


def test_text_of_a_student_stays_a_comment_in_python(from_canvas, tmp_path):
    """What a check quotes may have line ends of every kind in it."""
    path = from_canvas / "records" / "hw1" / "4112.json"
    before = path.read_bytes()
    record = store.read(path)
    exercise = next(e for e in record.exercises if any(c.outcome != "passed" for c in e.checks))
    checks = [
        dataclasses.replace(c, message=dataclasses.replace(c.message, code="assertion", fields={"text": "a\nimport os\u2028b\rc\x0cd"}))
        if c.message else c
        for c in exercise.checks
    ]  # fmt: skip
    changed = dataclasses.replace(exercise, checks=checks)
    exercises = [changed if e is exercise else e for e in record.exercises]
    store.write(dataclasses.replace(record, exercises=exercises), path)
    data, _ = export("canvas-feedback", from_canvas, tmp_path)
    path.write_bytes(before)
    text = consumers.canvas_feedback(data)[4112, 71].decode()
    assert "import os" in text
    assert all(line.startswith("#") for line in text.splitlines())

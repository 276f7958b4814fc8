"""A new course works as it stands, and so does what is copied into it."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.authoring import new
from grader.cli.main import main
from grader.course.folder import Course
from grader.errors import UsageError


def grader(*words, lang="en"):
    return CliRunner().invoke(main, ["--lang", lang, *words], env={"COLUMNS": "200"})


@pytest.fixture
def nlp(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert grader("new", "course", "nlp2027").exit_code == 0
    monkeypatch.chdir("nlp2027")
    return Path.cwd()


def test_the_example_verifies_is_released_and_checked(nlp):
    made = grader("new", "assignment", "hw1")
    assert "assignments/hw1 and reference/hw1_words" in made.output
    proof = grader("verify", "hw1", "--full")
    assert proof.exit_code == 0, proof.output
    assert grader("release", "hw1").exit_code == 0
    names = {path.name for path in Path("student_template/hw1_words").iterdir()}
    assert {"words.py", "handout.en.md", "handout.ko.md", "checks"} <= names
    solved = grader("check", "hw1", "reference/hw1_words")
    assert (solved.exit_code, "hw0" in solved.output) == (0, False), solved.output


def test_what_a_course_says_of_itself(tmp_path):
    made = new.course(tmp_path / '한글 "수업"', "ko")
    assert made.title == {"en": '한글 "수업"', "ko": '한글 "수업"'}
    assert (made.languages, str(made.timezone)) == (("ko", "en"), "Asia/Seoul")
    assert new.course(tmp_path / "english", "en").languages == ("en", "ko")
    assert (made.root / "README.md").read_text().startswith('# 한글 "수업"\n\n`course.toml`에는')
    assert made.submitted.is_dir()


def test_the_next_command_can_be_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = grader("new", "course", "NLP 2027")
    assert "Next: cd 'NLP 2027', then:" in made.output


def test_git_keeps_out_what_came_of_a_class(nlp):
    subprocess.run(["git", "init", "--quiet"], check=True)
    private = ["submitted/kim/a.py", "similarity/hw1/dolos.zip", "out/records/hw1/kim.json"]
    private += ["out-1/records/hw1/kim.json", "gradebook.db", "grades.csv"]
    private += ["autograded/kim/hw1/hw1_words.ipynb", "source/hw1/hw1_words.ipynb"]
    private += ["autograder.zip", "dist/source/hw1/hw1.ipynb"]
    ours = ["course.toml", "assignments/hw1/mistakes.json", "reference/hw1_words/words.py"]
    call = ["git", "check-ignore", *private, *ours]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    assert done.stdout.split() == private


def test_only_the_handouts_of_the_courses_languages(nlp):
    text = Path("course.toml").read_text()
    Path("course.toml").write_text(text.replace('["en", "ko"]', '["ko"]'))
    course = Course.find(nlp)
    folder = new.assignment(course, "hw1").folder
    assert [path.name for path in folder.glob("handout*")] == ["handout.ko.md"]
    assert course.load("hw1").id == "hw1"


@pytest.mark.parametrize("source", ["hw1", "hw2", "hw3", "hw4", "hw5"])
def test_each_of_ours_under_its_own_name_and_another(nlp, source):
    course = Course.find(nlp)
    theirs = new.shipped()[source]
    original = theirs.load(source)
    same, other = (new.assignment(course, name, source) for name in (source, "lab_7"))
    for path in original.folder.rglob("*.toml"):
        copy = same.folder / path.relative_to(original.folder)
        assert copy.read_bytes() == path.read_bytes()
    copied = course.load("lab_7")
    assert copied.package == "lab_7" + original.package.removeprefix(source)
    assert other.reference == course.root / "reference" / copied.package
    assert same.files == other.files
    for path in (*other.folder.rglob("*.md"), *other.reference.rglob("*.py")):
        assert original.package not in path.read_text(), path
        assert f"check {source}" not in path.read_text(), path


@pytest.mark.parametrize("name", ["", "1st", "Hw3", "hw-1", "과제", "a/b", "..", "hw 1", "hw1+"])
def test_names_that_no_assignment_can_have(nlp, name):
    with pytest.raises(UsageError, match="cannot be a name"):
        new.assignment(Course.find(nlp), name)
    assert list((nlp / "assignments").iterdir()) == []


def test_a_name_is_taken_in_upper_case_and_in_the_reference_too(nlp):
    course = Course.find(nlp)
    new.assignment(course, "hw1")
    before = sorted(nlp.rglob("*"))
    for name, source in (("hw1", "hw0"), ("hw1", "hw2")):
        with pytest.raises(UsageError, match="there already"):
            new.assignment(course, name, source)
    (nlp / "reference" / "HW2_words").mkdir()
    with pytest.raises(UsageError, match="HW2_words is there already"):
        new.assignment(course, "hw2")
    assert sorted(nlp.rglob("*")) == sorted([*before, nlp / "reference" / "HW2_words"])


def test_what_cannot_be_copied_whole_is_not_copied(nlp):
    (nlp / "reference").rmdir()
    (nlp / "reference").write_text("no folder")  # found out when the assignment is there already
    with pytest.raises(OSError):
        new.assignment(Course.find(nlp), "hw1")
    assert list((nlp / "assignments").iterdir()) == []


def test_a_folder_in_use_is_left_alone(nlp, monkeypatch):
    monkeypatch.chdir(nlp.parent)
    Path("notes").write_text("mine")
    for folder in ("nlp2027", "notes"):
        done = grader("new", "course", folder)
        assert (done.exit_code, "there already" in done.output) == (2, True)
    assert Path("notes").read_text() == "mine"


def test_where_there_is_no_course_and_no_such_assignment(nlp, tmp_path, monkeypatch):
    done = grader("new", "assignment", "hw1", "--from", "hw9")
    assert done.exit_code == 2
    assert "There are: hw0, hw1, hw2, hw3, hw4, hw5." in done.output
    monkeypatch.chdir(tmp_path)
    done = grader("new", "assignment", "hw1")
    assert done.exit_code == 2
    assert "grader new course" in done.output


def test_what_holds_solutions_is_written_into_the_course_wherever_one_stands(nlp, monkeypatch):
    assert grader("new", "assignment", "hw1").exit_code == 0
    elsewhere = nlp.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for call in (["release", "hw1"], ["export", "gradescope", "hw1"]):
        done = grader("--course", str(nlp), *call)
        assert done.exit_code == 0, done.output
    assert list(elsewhere.iterdir()) == []
    assert (nlp / "dist" / "hw1_words.zip").is_file()
    assert (nlp / "autograder.zip").is_file()

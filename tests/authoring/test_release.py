"""A release proves itself before it writes anything."""

import io
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import grader
from grader.authoring import release, template, wheel
from grader.authoring.markers import strip
from grader.checking import answers
from grader.cli.main import main
from grader.course import assignment as assignments
from grader.course.folder import Course
from grader.errors import MarkerError, ReleaseRefused

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tiny(course):
    """With its reference."""
    return Course(course).load("tiny")


@pytest.fixture
def released(course, tiny):
    return release.release(Course(course), tiny, course / "dist")


def test_what_a_template_holds(released):
    names = sorted(p.relative_to(released.folder).as_posix() for p in released.folder.rglob("*.*"))
    assert names == [
        "README.md",
        "__init__.py",
        "assignment.toml",
        "checks/test_sums.py",
        "exercises/adding.toml",
        "exercises/saying.toml",
        "handout.en.md",
        "handout.ko.md",
        "sums.py",
        "tiny.en.ipynb",
        "tiny.ko.ipynb",
        "words.py",
    ]
    stub = (released.folder / "sums.py").read_text()
    assert '"""a + b."""' in stub
    assert "raise NotImplementedError()" in stub
    assert "total_of_both" not in stub


def test_the_zip_is_enough_for_a_student(released, tmp_path):
    with zipfile.ZipFile(released.archive) as archive:
        archive.extractall(tmp_path / "home")
    folder = tmp_path / "home" / "tiny_package"
    assert list((tmp_path / "home").glob("grader-*.whl"))
    (folder / "sums.py").write_text("def add(a, b): return a + b")
    command = [sys.executable, "-m", "grader", "--lang", "en", "check", "tiny"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Points of those functions: 6 of 10." in done.stdout
    assert "hidden checks as well (2 in all)." in done.stdout


def test_a_template_tells_points_and_counts_but_no_hidden_check(released):
    home = released.folder
    adding, saying = assignments.load(home).exercises
    assert [(f.name, f.points) for f in (*adding.functions, *saying.functions)] == [
        ("add", 6),
        ("greet", 4),
    ]
    assert [(c.id, c.of, c.kind) for c in adding.checks] == [("add_adds", "add", "core")]
    assert (adding.hidden_checks, saying.hidden_checks, saying.checks) == (1, 1, ())
    text = "".join(path.read_text(encoding="utf-8") for path in home.rglob("*.toml"))
    assert "add_adds_arrays" not in text
    assert "Plus again." not in text


def test_the_template_of_a_course_in_one_language_needs_no_course_around_it(korean, tmp_path):
    (korean / "course.toml").write_text(
        'title = { ko = "수업" }\nlanguages = ["ko"]\ntimezone = "Asia/Seoul"\n', encoding="utf-8"
    )
    path = korean / "assignments" / "tiny" / "assignment.toml"
    path.write_text('due = "2026-03-02"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    course = Course.find(korean)
    for name, text in template.build(course.load("tiny")).items():
        target = tmp_path / "alone" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    alone = assignments.load(tmp_path / "alone")
    assert (alone.languages, alone.due) == (("ko",), "2026-03-02T23:59:59+09:00")
    readme = (tmp_path / "alone" / "README.md").read_text(encoding="utf-8")
    assert "70 %" in readme and "37.5 %" in readme  # how points come about
    assert readme.startswith("# 작은 과제\n")
    assert "handout.ko.md" in readme
    assert "handout.en.md" not in readme


def test_the_same_source_makes_the_same_zip(course, tiny, released):
    first = released.archive.read_bytes()
    assert release.release(Course(course), tiny, course / "dist").archive.read_bytes() == first


def test_who_reads_the_zip_meanwhile_reads_it_whole(course, tiny, released):
    with released.archive.open("rb") as reading:
        before = reading.read(9)
        tiny = replace(tiny, title={"en": "Another", "ko": "다른 과제"})
        release.release(Course(course), tiny, course / "dist")
        whole = before + reading.read()
    assert whole != released.archive.read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None


def test_the_wheel_in_the_zip_is_one(released, tmp_path):
    with zipfile.ZipFile(released.archive) as archive:
        [name] = [n for n in archive.namelist() if n.endswith(".whl")]
        wheel = archive.extract(name, tmp_path)
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o644}
    target = tmp_path / "installed"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*command, "--target", target, wheel], check=True)
    package = Path(grader.__file__).parent
    for file in package.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            copy = target / "grader" / file.relative_to(package)
            assert copy.read_bytes() == file.read_bytes()
    [info] = target.glob("grader-*.dist-info")
    assert "grader.__main__:run" in (info / "entry_points.txt").read_text()
    assert "Requires-Dist: torch" in (info / "METADATA").read_text()


def test_no_solution_and_no_hidden_check_is_in_the_wheel():
    with zipfile.ZipFile(io.BytesIO(wheel.build())) as archive:
        text = "\n".join(archive.read(n).decode() for n in archive.namelist()).splitlines()
    everything = {line.strip() for line in text}
    homes = [root / "assignments" for root in (ROOT, ROOT / "starter")]
    assert any(homes[0].rglob("hidden/*.py")) and any(homes[1].rglob("hidden/*.py"))
    for home in homes:
        for path in home.rglob("hidden/*.py"):
            # A check's name, and each call of the student's own: `student.module.function(...)`.
            lines = path.read_text(encoding="utf-8").splitlines()
            secret = re.compile(r"def test_|student\.\w+\.\w")
            secrets = {line.strip() for line in lines if secret.search(line)}
            assert secrets and not secrets & everything, path
        for path in (home.parent / "reference").rglob("*.py"):
            _, solution = strip(path.read_text(encoding="utf-8"), path)
            secrets = {line.strip() for line in solution if len(line.strip()) > 30}
            assert not secrets & everything, path


def test_a_stale_template_is_named(course, released):
    runner = CliRunner()
    call = ["--lang", "en", "--course", str(course), "release", "tiny", "--check"]
    assert runner.invoke(main, call).exit_code == 0
    (released.folder / "sums.py").write_text("changed")
    (released.folder / "extra.py").write_text("")
    (released.folder / "README.md").unlink()
    done = runner.invoke(main, call)
    assert done.exit_code == 1
    assert [line.split("/")[-1] for line in done.output.splitlines()] == [
        "README.md",
        "extra.py",
        "sums.py",
    ]


def test_answers_of_other_checks_are_told(course, tiny, released):
    runner = CliRunner()
    call = ["--lang", "en", "--course", str(course), "release", "tiny", "--check"]
    path = tiny.folder / answers.FILE
    path.write_text(answers.dump(tiny, {}))
    assert runner.invoke(main, call).exit_code == 0
    path.write_text(path.read_text().replace(answers.made_from(tiny), "0" * 16))
    done = runner.invoke(main, call)
    assert done.exit_code == 1
    assert "answers.json was made for an earlier version of the checks" in done.output


def test_a_file_that_is_no_longer_released_goes(course, tiny, released):
    (released.folder / "old.py").write_text("")
    release.release(Course(course), tiny, course / "dist")
    assert not (released.folder / "old.py").exists()


REFUSED = {
    "unbalanced": ("reference/tiny_package/sums.py", "    ### END SOLUTION", "", MarkerError),
    "template_scores": (
        "reference/tiny_package/sums.py",
        "    ### BEGIN SOLUTION",
        "    return a + b\n    ### BEGIN SOLUTION",
        ReleaseRefused,
    ),
    "stub_does_not_import": (
        "reference/tiny_package/words.py",
        '"""Words."""',
        '"""Words."""\nimport nothing_like_it',
        ReleaseRefused,
    ),
    "solution_in_handout": (
        "assignments/tiny/handout.en.md",
        "# Tiny",
        "# Tiny\n\n    total_of_both = a + b",
        ReleaseRefused,
    ),
    "solution_in_public_check": (
        "assignments/tiny/checks/public/test_sums.py",
        "    assert",
        '    """\n    total_of_both = a + b\n    """\n    assert',
        ReleaseRefused,
    ),
    "hidden_check_in_handout": (
        "assignments/tiny/handout.ko.md",
        "# 작은",
        '    assert np.array_equal(student.sums.add(one, one), 2 * one), "a secret about arrays"\n# 작은',
        ReleaseRefused,
    ),
    "name_of_hidden_check": (
        "assignments/tiny/handout.ko.md",
        "# 작은",
        "# add_adds_arrays 작은",
        ReleaseRefused,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_and_nothing_written(course, tiny, edit, name):
    file, old, new, error = REFUSED[name]
    edit(file, old, new)
    with pytest.raises(error):
        release.release(Course(course), tiny, course / "dist")
    assert not (course / "student_template").exists()


@pytest.mark.parametrize(("answer", "last"), [("1 / 0", "ZeroDivisionError"), ("a + b", "-")])
def test_why_a_template_is_refused_reads_as_a_line(tiny, answer, last):
    source = f"def add(a, b):\n    return {answer}\n"
    files = {"__init__.py": "", "sums.py": source, "words.py": ""}
    record = release.grade_template(tiny, files)
    with pytest.raises(ReleaseRefused) as caught:
        release.refuse_scoring(tiny, record)
    assert caught.value.fields["detail"].startswith(last)


def test_nothing_of_a_hidden_check_is_in_the_template(course, tiny):
    everything = "\n".join(template.build(tiny).values())
    for secret in (
        "add_adds_arrays",
        "Arrays are added",
        "배열을 더합니다",
        "Plus again",
        "secret about",
    ):
        assert secret not in everything

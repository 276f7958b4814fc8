"""From a wheel alone, outside any checkout, in the ways that pip has."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
LIBRARIES = Path(np.__file__).parents[1]  # the running interpreter's: torch is not copied
BASE = Path(sys._base_executable)
PIP = ["install", "--quiet", "--no-deps", "--no-index", "--no-compile"]

# Right, unless the solutions that come with the grader can be read where a guest finds them.
CURIOUS = """
import os, sys
PLACE = sys.prefix + "/share/grader/starter"
def tokenize(text):
    seen = [name for _, _, names in os.walk(PLACE) for name in names]
    try: seen.append(open(PLACE + "/assignments/hw0/checks/hidden/test_words.py").read())
    except OSError: pass
    return seen or "".join(c if c.isalnum() else " " for c in text.lower()).split()
"""


def run(*words, cwd, **variables):
    """A program of another installation: nothing of this one's environment, in a strange folder."""
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "COLUMNS": "200", **variables}
    command = [str(word) for word in words]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def fine(done):
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [path] = folder.glob("grader-*.whl")
    return path


def test_both_pages_say_how_to_install_from_a_clone(wheel):
    tutorial, readme = (ROOT / name for name in ("docs/instructor.md", "README.md"))
    made, installed = re.findall(r"^\S+/pip (.*)", tutorial.read_text("utf-8"), re.MULTILINE)[:2]
    assert made == "wheel --no-deps --wheel-dir dist ."
    assert installed == f"install --constraint constraints.txt 'dist/{wheel.name}[course]'"
    before, _, after = readme.read_text("utf-8").partition("## In one minute")
    assert "\n.venv/bin/grader" in after
    assert "\npython3 -m venv .venv\n.venv/bin/pip install --constraint constraints.txt" in before
    assert re.search("^torch==", (ROOT / "constraints.txt").read_text(), re.MULTILINE)


def environment_with(wheel, folder):
    """A virtual environment that nobody activates; returns its `grader`."""
    fine(run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent))
    [site] = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(f"{LIBRARIES}\n")
    fine(run(sys.executable, "-m", "pip", "--python", folder, *PIP, wheel, cwd=folder.parent))
    return folder / "bin" / "grader"


def test_a_course_from_a_wheel_and_its_students(wheel, tmp_path):
    grader = environment_with(wheel, tmp_path / "staff")
    fine(run(grader, "new", "course", "nlp", cwd=tmp_path))
    course = tmp_path / "nlp"
    fine(run(grader, "new", "assignment", "hw1", cwd=course))
    fine(run(grader, "new", "assignment", "hw2", "--from", "hw2", cwd=course))
    assert "all 28 versions scored as expected" in fine(run(grader, "verify", "hw1", cwd=course))
    fine(run(grader, "release", "hw1", cwd=course))

    home = tmp_path / "home"
    with zipfile.ZipFile(course / "dist" / "hw1_words.zip") as archive:
        archive.extractall(home)
    [packed] = home.glob("grader-*.whl")
    students = environment_with(packed, tmp_path / "student")
    assert not (tmp_path / "student" / "share").exists()
    package = home / "hw1_words"
    typed = re.findall(r"pip install (\S+)", (package / "README.md").read_text())
    assert {(package / word).resolve() for word in typed} == {packed}  # from where it is read
    stub = (package / "words.py").read_text().partition("def most_common")[2]
    (package / "words.py").write_text(f"{CURIOUS}\n\ndef most_common{stub}")
    assert "1/1" in run(students, "check", "hw1", "-k", "tokenize", cwd=package).stdout
    refused = run(students, "new", "course", "mine", cwd=home)
    assert (refused.returncode, "came with a homework" in refused.stderr) == (2, True)

    (course / "submitted" / "kim").mkdir(parents=True)
    package.rename(course / "submitted" / "kim" / "hw1_words")
    assert (tmp_path / "staff/share/grader/starter/assignments/hw0/checks/hidden").is_dir()
    for missing in ((), ("landlock",), ("namespaces",)):
        lacking = [sys.executable, "-m", "tests.missing_layers", *missing, "--"] if missing else []
        grade = ["grade", "hw1", course / "submitted", "-o", course / "out", "--regrade"]
        fine(run(*lacking, grader, "--course", course, *grade, cwd=ROOT))
        record = json.loads((course / "out/records/hw1/kim.json").read_text())
        assert [exercise["points"] for exercise in record["exercises"]] == [4, 0], missing
    fine(run(grader, "report", "out", cwd=course))


def test_installed_for_one_user(wheel, tmp_path):
    home = {"PYTHONUSERBASE": str(tmp_path / "local")}
    pip = [sys.executable, "-m", "pip", "--python", BASE]
    user = ["--user", "--break-system-packages", "--no-warn-script-location"]
    fine(run(*pip, *PIP, *user, wheel, cwd=tmp_path, **home))
    [site] = (tmp_path / "local").glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(f"{LIBRARIES}\n")
    grader = tmp_path / "local" / "bin" / "grader"
    fine(run(grader, "new", "course", "nlp", cwd=tmp_path, **home))
    course = tmp_path / "nlp"
    fine(run(grader, "new", "assignment", "hw1", cwd=course, **home))
    (course / "words.py").write_text("raise SystemExit('the folder that somebody stands in')")
    assert "all 28 versions" in fine(run(grader, "verify", "hw1", cwd=course, **home))
    fine(run(grader, "check", "hw1", "reference/hw1_words", cwd=course, **home))


def test_on_pythonpath_only(wheel, tmp_path):
    target = tmp_path / "target"
    fine(run(sys.executable, "-m", "pip", *PIP, "--target", target, wheel, cwd=tmp_path))
    path = {"PYTHONPATH": os.pathsep.join(map(str, (target, LIBRARIES)))}
    package = target / "share/grader/starter/reference/hw0_words"
    course = target / "share/grader/starter"
    check = ["--course", course, "check", "hw0", package]
    done = run(BASE, "-m", "grader", *check, cwd=tmp_path, **path)
    assert (done.returncode, "with pip, pipx or uv" in done.stderr) == (3, True), done.stderr

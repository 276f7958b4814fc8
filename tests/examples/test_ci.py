"""The files of examples/ci: of the published schemas, and their steps run in a clean shell."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from grader.cli.main import main

ROOT = Path(__file__).parents[2]
CI = ROOT / "examples" / "ci"
LIBRARIES = Path(np.__file__).parents[1]
WORKFLOWS = ["github/self-check.yml", "github/grade-class.yml"]


def load(name):
    return yaml.safe_load((CI / name).read_text())


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.github-actions", ["self-check/action.yml"]),
        ("vendor.gitlab-ci", ["gitlab/.gitlab-ci.yml"]),
    ],
)
def test_of_its_schema(schema, files):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    transform = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    paths = [CI / file for file in files]
    done = subprocess.run(
        [*command, *transform, *paths], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def steps():
    for name in WORKFLOWS:
        for job in load(name)["jobs"].values():
            yield from job["steps"]
    yield from load("self-check/action.yml")["runs"]["steps"]


def test_no_expression_stands_in_a_script():
    """What stands there becomes part of the script, whatever somebody wrote into it."""
    scripts = [step["run"] for step in steps() if "run" in step]
    assert len(scripts) > 5
    assert not [script for script in scripts if "${{" in script]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A course with a new hw1 in it, its released zip, and a place with nothing installed."""
    home = tmp_path_factory.mktemp("ci")
    course = home / "course"
    for words in (["new", "course", course], ["--course", course, "new", "assignment", "hw1"]):
        CliRunner().invoke(main, list(map(str, words)), catch_exceptions=False)
    release = ["--course", course, "release", "hw1", "--dist", home / "dist"]
    done = CliRunner().invoke(main, list(map(str, release)))
    assert done.exit_code == 0, done.output
    return home


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The folder of a Python with libraries and, at first, without the grader."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(f"{LIBRARIES}\n")
    return folder / "bin"


@pytest.fixture
def repository(shipped, tmp_path):
    """A student's: what the zip holds, and a right answer."""
    folder = tmp_path / "repository"
    with zipfile.ZipFile(shipped / "dist" / "hw1_words.zip") as archive:
        archive.extractall(folder)
    shutil.copy(shipped / "course/reference/hw1_words/words.py", folder / "hw1_words")
    return folder


@pytest.fixture
def shell(python, tmp_path):
    """Run a script as GitHub's runner does: bash with its own options, nothing of our environment."""

    def run(script, cwd, **variables):
        clean = {
            "PATH": f"{python}{os.pathsep}{os.defpath}",
            "PIP_NO_INDEX": "1",
            "LANG": "C.UTF-8",
        }
        (tmp_path / "script.sh").write_text(script)
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", tmp_path / "script.sh"],
            cwd=cwd,
            env=clean | {"GITHUB_WORKSPACE": str(cwd), **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def filled_in(values, **contexts):
    """The values of `env:` or `with:`, in which only simple expressions stand."""

    def value(match):
        context, name = match[1].split(".")
        return str(contexts[context][name])

    return {key: re.sub(r"\$\{\{ ([\w.]+) \}\}", value, str(v)) for key, v in values.items()}


def test_the_self_check_of_a_student(repository, shell, tmp_path):
    action = load("self-check/action.yml")
    [use] = [
        s for s in load("github/self-check.yml")["jobs"]["check"]["steps"] if "self" in s["uses"]
    ]
    defaults = {name: given.get("default", "") for name, given in action["inputs"].items()}
    inputs = defaults | use["with"]
    assert use["with"].keys() <= action["inputs"].keys()

    def check():
        summary = tmp_path / "summary.md"
        summary.write_text("")
        for step in action["runs"]["steps"]:
            variables = filled_in(step.get("env", {}), inputs=inputs)
            variables["GITHUB_STEP_SUMMARY"] = str(summary)
            done = shell(step["run"], repository, **variables)
        return done, summary.read_text()

    done, summary = check()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 public checks passed." in summary
    words = repository / "hw1_words" / "words.py"
    words.write_text("def tokenize(text):\n    return 1 / 0\n")
    done, summary = check()
    assert done.returncode == 1
    assert "::error file=hw1_words/words.py,line=2,title=" in done.stdout
    assert "0 of 2 public checks passed." in summary
    assert len(ET.parse(repository / "self-check.xml").findall(".//failure")) == 2
    assert not list(repository.rglob("hidden"))


def test_gitlab(repository, shell):
    job = load("gitlab/.gitlab-ci.yml")["self-check"]
    variables = {k: v for k, v in job["variables"].items() if "$" not in v}
    done = shell("\n".join(job["script"]), repository, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    report = repository / job["artifacts"]["reports"]["junit"]
    assert len(ET.parse(report).findall(".//testcase")) == 2


def test_a_class_over_a_matrix(shipped, repository, shell, tmp_path):
    staff = shutil.copytree(shipped / "course", tmp_path / "staff")
    shutil.copy(ROOT / "constraints.txt", staff)
    [wheel] = repository.glob("grader-*.whl")
    shutil.copy(wheel, staff)
    students = [f"student{number}" for number in range(3)]
    for student in students:
        shutil.copytree(repository / "hw1_words", staff / "submitted" / student / "hw1_words")
    workflow = load("github/grade-class.yml")
    grade, merge = workflow["jobs"]["grade"], workflow["jobs"]["merge"]
    variables = filled_in(workflow["env"], inputs={"assignment": "hw1"})

    def run(job, **more):
        for step in job["steps"]:
            if "run" in step:
                done = shell(step["run"], staff, **variables, **more)
                assert done.returncode == 0, done.stdout + done.stderr

    for shard in grade["strategy"]["matrix"]["shard"]:
        matrix = {"shard": shard}
        run(grade, **filled_in(grade["env"], matrix=matrix))
        [upload] = [s["with"] for s in grade["steps"] if "upload" in s.get("uses", "")]
        stored = filled_in(upload, matrix=matrix)
        shutil.move(staff / stored["path"], staff / "parts" / stored["name"])
    run(merge)
    graded = {path.stem for path in (staff / "out" / "records" / "hw1").glob("*.json")}
    assert graded == set(students)
    assert (staff / "out" / "report" / "hw1" / "index.html").exists()


def git(folder, *words):
    identity = ["-c", "user.name=kim", "-c", "user.email=kim@example.com"]
    environment = {"PATH": os.defpath, "GIT_COMMITTER_DATE": "2026-03-02T18:00:00+0900"}
    subprocess.run(
        ["git", *identity, *words], cwd=folder, env=environment, check=True, capture_output=True
    )


def test_classroom50(repository, python, tmp_path):
    bundle = shutil.copytree(repository, tmp_path / "bundle")
    shutil.copy(CI / "classroom50" / "autograder.py", bundle)
    for wheel in repository.glob("*.whl"):
        wheel.unlink()
    for check in repository.rglob("checks/test_*.py"):
        check.write_text("def test_tokenize_worked_example(student):\n    pass\n")
    (repository / "hw1_words" / "words.py").write_text("def tokenize(text):\n    return []\n")
    git(repository, "init", "-q")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "mine")
    given = {
        "CLASSROOM": "nlp",
        "ASSIGNMENT": "first-words",
        "ASSIGNMENT_TYPE": "individual",
        "OWNER": "kim",
        "SUBMISSION_TAG": "submit/2026-03-02T09-00-00Z-abc",
        "COMMIT_URL": "https://example.com/commit",
        "RELEASE_URL": "https://example.com/release",
        "REVIEW_URL": "",
    }
    environment = {"PATH": f"{python}{os.pathsep}{os.defpath}", "PIP_NO_INDEX": "1"}

    def grade(**changed):
        return subprocess.run(
            [python / "python", bundle / "autograder.py"],
            cwd=repository,
            env=environment | given | changed,
            capture_output=True,
            text=True,
            check=False,
        )

    done = grade()
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((repository / "result.json").read_text())
    # the contract in github.com/foundation50/classroom50, wiki/Advanced-Autograding
    assert result.pop("tests") == [
        {"test-name": f"{name}: {name}_worked_example", "passed": False, "score": 0, "max-score": 1}
        for name in ("tokenize", "most_common")
    ]
    assert result == {
        "schema": "classroom50/result/v1",
        "classroom": "nlp",
        "assignment": "first-words",
        "assignment_type": "individual",
        "owner": "kim",
        "submission": given["SUBMISSION_TAG"],
        "commit": given["COMMIT_URL"],
        "release": given["RELEASE_URL"],
        "review": given["COMMIT_URL"],
        "datetime": "2026-03-02T09:00:00Z",
        "score": 0,
        "max-score": 2,
    }
    assert "0 of 2 public checks passed." in (repository / "release-body.md").read_text()
    (bundle / "hw1_words" / "checks" / "test_words.py").write_text("1 / 0")
    assert grade().returncode != 0, "our own failure is no result"

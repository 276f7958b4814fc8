"""autograder.zip in Gradescope's own folders: set up, and run for real."""

import json
import math
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from grader.cli.main import main
from grader.course import assignment as assignments
from grader.diagnosis import mistakes
from grader.errors import PlatformError
from grader.export import gradescope
from grader.grading.gradescope import _Live, autograde
from grader.grading.results import unrun
from grader.intake.handin import Found
from grader.intake.read import read_for
from grader.records.assignment_snapshot import Snapshot
from grader.records.record import Record
from tests.conftest import write_course

REPOSITORY = Path(__file__).parents[2]
LIBRARIES = Path(np.__file__).parents[1]
OLD_KERNEL = ["landlock", "namespaces", "pidfd"]
GOOD = {
    "sums.py": "def add(a, b): return a + b\n",
    "words.py": "def greet(name): return f'Hello {name}'\n",
}
WRONG = {**GOOD, "sums.py": "def add(a, b): return a - b\n"}
HANGS = {**GOOD, "words.py": "def greet(name):\n    while True: pass\n"}
# Wrong where it says what it can read or change of what is not its own.
CURIOUS = """
import os
ROOT = {root!r}
def found():
    for folder in ("source", "submission", "results"):
        for place, folders, files in os.walk(os.path.join(ROOT, folder)):
            yield from files
    for file in ("source/course/assignments/tiny/checks/hidden/test_more.py",
                 "source/course/reference/tiny_package/sums.py",
                 "submission_metadata.json", "results/results.json", "results/stdout"):
        for mode in ("r", "r+"):
            try:
                with open(os.path.join(ROOT, file), mode):
                    yield file
            except OSError:
                pass
def add(a, b):
    seen = list(found())
    return f"user {{os.getuid()}} sees {{seen}}" if a == 1 else a + b
"""


def base_python():
    """A Python of this version that another user may read."""
    wanted = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for path in (Path(sys._base_executable), Path("/usr/bin") / wanted):
        if path.exists() and all(p.stat().st_mode & stat.S_IXOTH for p in path.resolve().parents):
            return path
    return None


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The zip, unpacked and set up as Gradescope does when it builds the image."""
    if os.geteuid() != 0 or base_python() is None:
        pytest.skip("as on Gradescope: root, and a Python that another user may read")
    outside = Path(tempfile.mkdtemp(prefix="scratch-"))  # pytest's own folder is closed to others
    outside.chmod(0o755)
    root = outside / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    course = write_course(outside / "course")
    packed = outside / "autograder.zip"
    done = CliRunner().invoke(
        main,
        ["--lang", "en", "--course", str(course), "export", "gradescope", "tiny", "-o", packed],
    )
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(packed) as archive:
        for entry in archive.infolist():
            archive.extract(entry, root / "source")
            (root / "source" / entry.filename).chmod(entry.external_attr >> 16)
    shutil.copy(root / "source" / "run_autograder", root)
    tools = outside / "tools"
    tools.mkdir()
    (tools / "python3").symlink_to(base_python())
    environment = {
        "PATH": f"{tools}{os.pathsep}{os.defpath}",
        "PYTHONPATH": str(LIBRARIES),  # is installed already; the network is not asked
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    setup = subprocess.run(
        [root / "source" / "setup.sh"], env=environment, capture_output=True, text=True, check=False
    )
    assert setup.returncode == 0, setup.stdout + setup.stderr
    [site] = (root / "python").glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(f"{LIBRARIES}\n")
    yield root
    shutil.rmtree(outside)


def hand_in(root, files):
    """What Gradescope's harness lays out before a run."""
    for name in ("submission", "results"):
        shutil.rmtree(root / name)
        (root / name).mkdir()
    for name, text in files.items():
        (root / "submission" / name).write_text(text)
    metadata = {"id": 1001, "users": [{"name": "Kim"}], "previous_submissions": []}
    (root / "submission_metadata.json").write_text(json.dumps(metadata))


@pytest.fixture
def run(built):
    """Run run_autograder on these files; returns its exit code and results.json."""

    def autograder(files, without=OLD_KERNEL):
        hand_in(built, files)
        lacking = [sys.executable, "-m", "tests.missing_layers", *without, "--"] if without else []
        with open(built / "results" / "stdout", "w") as stdout:
            done = subprocess.run(
                [*lacking, built / "run_autograder"],
                env={"PATH": os.defpath, "PYTHONPATH": str(REPOSITORY)} if lacking else {},
                cwd=REPOSITORY if lacking else built,
                stdout=stdout,
                stderr=subprocess.STDOUT,
                check=False,
            )
        path = built / "results" / "results.json"
        return done.returncode, checked(path.read_text()) if path.exists() else None

    return autograder


# Of the published format (see grader.export.gradescope).
TOP = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": str,
    "test_output_format": str,
    "test_name_format": str,
    "visibility": str,
    "stdout_visibility": str,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
TEST = {
    "score": (int, float),
    "max_score": (int, float),
    "status": str,
    "name": str,
    "name_format": str,
    "number": str,
    "output": str,
    "output_format": str,
    "tags": list,
    "visibility": str,
    "extra_data": dict,
}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBLE = {"hidden", "after_due_date", "after_published", "visible"}


def no_constant(name):
    raise AssertionError(f"{name} is no JSON")


def checked(text):
    """The file, if Gradescope would take it."""
    made = json.loads(text, parse_constant=no_constant)
    assert all(isinstance(made[key], TOP[key]) for key in made)
    assert {made[key] for key in made if key.endswith("_format")} <= FORMATS
    assert made["stdout_visibility"] == "hidden"
    numbers = [test["number"] for test in made["tests"]]
    assert numbers == sorted(set(numbers))
    for test in made["tests"]:
        assert all(isinstance(test[key], TEST[key]) for key in test)
        assert ("score" in test) == ("max_score" in test)
        assert test.get("status", "passed") in {"passed", "failed"}
        assert test["visibility"] in VISIBLE
    assert math.isclose(made["score"], sum(test.get("score", 0) for test in made["tests"]))
    return made


def shown(made, *levels):
    return [test for test in made["tests"] if test["visibility"] in levels]


def test_good(run):
    code, made = run(GOOD)
    assert (code, made["score"]) == (0, 10)
    assert {test["status"] for test in made["tests"]} == {"passed"}
    assert [test["name"] for test in shown(made, "visible")] == ["add: Numbers are added"]
    assert "leaderboard" not in made
    record = Record.from_json(json.loads(made["extra_data"]["grader"]))
    assert (record.student, record.points, record.lacking) == ("1001", 10, [])
    assert "own_user" in record.layers
    assert not {"landlock", "namespaces"} & set(record.layers)


def test_bad_and_curious(run, built):
    code, made = run({**GOOD, "sums.py": CURIOUS.format(root=str(built))})
    assert (code, made["score"]) == (0, 4)
    [row] = shown(made, "visible")
    assert row["status"] == "failed"
    assert "sees []" in row["output"]
    assert "user 0 " not in row["output"]
    assert "secret about arrays" not in json.dumps(made)


def test_hangs(run):
    code, made = run(HANGS)
    assert (code, made["score"]) == (0, 6)
    slow = next(test for test in made["tests"] if test["name"].startswith("greet:"))
    assert slow["status"] == "failed"


def test_a_run_that_is_stopped_shows_what_was_reached(built):
    hand_in(built, HANGS)
    path = built / "results" / "results.json"
    process = subprocess.Popen(
        [built / "run_autograder"], env={}, stdout=subprocess.DEVNULL, process_group=0
    )
    while not (path.exists() and "status" in shown(checked(path.read_text()), "visible")[0]):
        assert process.poll() is None
    os.killpg(process.pid, 9)
    process.wait()
    made = checked(path.read_text())
    assert [test["status"] for test in shown(made, "visible")] == ["passed"]
    assert "stopped before the end" in made["output"]
    assert "Not reached yet." in {test["output"] for test in made["tests"]}


def test_weak_isolation_grades_nobody(run, built):
    code, made = run(GOOD, without=[*OLD_KERNEL, "own_user"])
    assert (code, made) == (3, None)
    assert "Unprotected: files." in (built / "results" / "stdout").read_text()


# ---- the rest of it in this process --------------------------------------------------------------


@pytest.fixture
def here(tmp_path):
    """Grade files in Gradescope's folders, without the zip."""
    write_course(tmp_path / "source" / "course")
    for name in ("submission", "results"):
        (tmp_path / name).mkdir()

    def grade(files, lang="en", **options):
        for name, text in files.items():
            (tmp_path / "submission" / name).write_text(text)
        folder = tmp_path / "source" / "course" / "assignments" / "tiny"
        assignment = assignments.load(folder, references=tmp_path / "source/course/reference")
        autograde(assignment, tmp_path, lang, **{"leaderboard": False, **options})
        return checked((tmp_path / "results" / "results.json").read_text())

    return grade


def test_what_is_visible_at_once_tells_nothing_of_hidden_inputs(here, tmp_path):
    declared = tmp_path / "source/course/assignments/tiny/assignment.toml"
    rule = 'names = ["numpy.sort"]\ninstead = { en = "No.", ko = "안 돼요." }\n'
    declared.write_text(f"{declared.read_text()}\n[[forbidden]]\n{rule}")
    forbidden = "getattr(__import__('numpy'), 'so' + 'rt')(a)"
    seen = []
    for on_hidden in ("pass", "print('LEAK'); raise ValueError('LEAK')", forbidden):
        spy = f"def add(a, b):\n    if type(a) is not int:\n        {on_hidden}\n    return a + b\n"
        made = here({**GOOD, "sums.py": spy}, leaderboard=True)
        assert "LEAK" not in json.dumps(made)
        seen.append((made["output"], made["leaderboard"], shown(made, "visible")))
    assert made["score"] == 4, "the whole exercise is lost by what a hidden check saw"
    assert all(one == seen[0] for one in seen)
    assert seen[0][1] == [{"name": "Public checks", "value": 1}]


def opened(course):
    """When each row opens, of a submission of which nothing is known yet."""
    assignment = assignments.load(course / "assignments" / "tiny")
    submission = read_for(assignment, Found("kim", course / "reference" / "tiny_package"))
    nothing = _Live(assignment, unrun(assignment, submission)).record()
    made = gradescope.results(Snapshot.of(assignment), nothing, nothing, "en", finished=False)
    return {row["name"].rpartition(": ")[2]: row["visibility"] for row in made["tests"]}


def test_show_decides_when_a_row_opens(course, edit):
    saying, adding = (f"assignments/tiny/exercises/{name}.toml" for name in ("saying", "adding"))
    edit(saying, '[[check]]\nid = "greet', '[[check]]\nshow = "never"\nid = "greet')
    edit(adding, 'id = "add_adds"\n', 'id = "add_adds"\nshow = "after_due"\n')
    assert opened(course) == {
        "add": "after_published",
        "Numbers are added": "after_due_date",
        "Arrays are added": "after_published",
        "greet": "after_published",
        "A greeting comes back": "hidden",
    }


def test_only_public_checks_and_everything_is_visible(course):
    checks = course / "assignments" / "tiny" / "checks"
    (checks / "hidden" / "test_more.py").rename(checks / "public" / "test_more.py")
    assert set(opened(course).values()) == {"visible"}


def test_nothing_that_can_be_graded(here):
    made = here({"essay.txt": "..."})
    assert (made["score"], made["tests"]) == (0, [])
    assert "essay.txt" in made["output"] or "sums.py" in made["output"]


def test_hostile_text_is_text_in_korean_too(here):
    evil = "def add(a, b):\n    print('\\x1b[2J\\u202e<script>' + '\\udc80' + 'x' * 9999)\n"
    made = here({**GOOD, "sums.py": evil}, lang="ko")
    assert "더하기: add" in [test["name"] for test in made["tests"]]
    [row] = shown(made, "visible")
    assert made["test_output_format"] == "text"
    assert len(row["output"]) <= 4000
    assert not {"\x1b", "\u202e", "\udc80"} & set(row["output"])


def test_our_own_failure_is_nobodys_score(here, tmp_path):
    check = tmp_path / "source/course/assignments/tiny/checks/hidden/test_more.py"
    check.write_text(check.read_text().replace("np.ones(2)", "np.ones(2) / nothing"))
    with pytest.raises(PlatformError, match="add_adds_arrays"):
        here(GOOD)
    assert not (tmp_path / "results" / "results.json").exists()


def test_folders_that_are_not_there(tmp_path, course):
    done = CliRunner().invoke(
        main, ["--lang", "en", "--course", str(course), "autograde", "tiny", str(tmp_path)]
    )
    assert (done.exit_code, "Traceback" in done.output) == (3, False)
    assert "source, submission and results" in done.output


def test_records_come_back_with_the_export(here, tmp_path):
    """As Gradescope packs it: one folder a submission, and what is known of them in YAML."""
    course, export = tmp_path / "source" / "course", tmp_path / "assignment_7_export"
    results, described = here(WRONG), {}
    for number, student in enumerate(("kim", "park"), 1):
        folder = shutil.copytree(tmp_path / "submission", export / f"submission_{number}")
        described[folder.name] = {
            ":submitters": [{":name": student, ":sid": student, ":email": f"{student}@a.kr"}],
            ":created_at": "2026-03-02 18:00:00 +0900",
            ":score": results["score"],
            ":results": results,
        }
    (folder / "sums.py").write_text(GOOD["sums.py"])  # park's has changed since
    (export / "submission_metadata.yml").write_text(yaml.safe_dump(described, allow_unicode=True))
    call = ["--lang", "en", "--course", course, "grade", "tiny", export, "-o", tmp_path / "out"]
    done = CliRunner().invoke(main, [*map(str, call), "--take-records"])
    assert done.exit_code == 0, done.output
    told = {line.split()[0]: line for line in done.output.splitlines() if " / 10" in line}
    assert "taken from Gradescope" in told["kim"]
    assert "taken from Gradescope" not in told["park"]
    points = {}
    for student in ("kim", "park"):
        record = json.loads((tmp_path / f"out/records/tiny/{student}.json").read_text())
        points[record["student"]] = record["points"]
    assert points == {"kim": 4, "park": 10}


def test_a_known_mistake_is_told_with_the_points(here, tmp_path):
    files = {**GOOD, "sums.py": "def add(a, b):\n    return 'x' if type(a) is int else a + b\n"}
    record = Record.from_json(json.loads(here(files)["extra_data"]["grader"]))
    [check] = [c for exercise in record.exercises for c in exercise.checks if c.traces]
    [trace] = check.traces
    signature = mistakes.Signature(trace.outcome, mistakes.whole(trace.answers), telling=True)
    tell = {"en": "Add numbers.", "ko": "수를 더하세요."}
    known = mistakes.Mistake("text", ["add"], "", tell, cases={check.id: signature})
    folder = tmp_path / "source" / "course" / "assignments" / "tiny"
    (folder / mistakes.FILE).write_text(mistakes.dump([known]))
    [row] = [test for test in here(files)["tests"] if "Add numbers." in test["output"]]
    assert (row["name"], row["visibility"]) == ("Adding: add", "after_published")

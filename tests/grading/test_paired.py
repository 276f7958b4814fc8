"""A worker and its launcher of one import: what the one is told, the other has never held."""

import os
import re
import subprocess
import sys
import venv
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

import grader
from grader.course import assignment as assignments
from grader.errors import PlatformError
from grader.grading import worker
from grader.grading.engines.local import grade_all
from grader.grading.engines.start import started
from grader.grading.worker import Job
from grader.intake.read import Submission
from tests.processes import children, descendants

PACKAGE = Path(grader.__file__).parent
FILES = {
    "sums.py": b"def add(a, b): return a + b\n",
    "words.py": b"def greet(name): return 'Hello ' + name\n",
}
# Who keeps the text of the folder in which it is imported: torch._dynamo does.
HEAVY = ("torch", "torch._dynamo")
IN_CHECKS, IN_ENVIRONMENT, IN_PATH, IN_FOLDER = (
    f"{word}-of-the-batch" for word in ("checks", "environment", "path", "folder")
)


def job(student):
    return Job(Submission(student, "", FILES, [], [], None, "0" * 64))


def preloading(assignment, preload):
    return replace(
        assignment, exercises=tuple(replace(e, preload=preload) for e in assignment.exercises)
    )


def sockets(pid):
    links = [os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir()]
    return {link for link in links if link.startswith("socket:")}


def holds(pid, texts):
    """Those of the texts that are somewhere in the memory that this process may write to."""
    found = set()
    with open(f"/proc/{pid}/mem", "rb") as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            start, end, rights = re.match("(.*?)-(.*?) (.*?) ", line).groups()
            if not rights.startswith("rw"):
                continue
            memory.seek(int(start, 16))
            content = memory.read(int(end, 16) - int(start, 16))
            found |= {text for text in texts if text.encode() in content}
    return found


@pytest.fixture
def amid_secrets(course, tmp_path, monkeypatch):
    """The tiny course, graded from a folder and with an environment that are nobody's business."""
    check = course / "assignments" / "tiny" / "checks" / "public" / "test_sums.py"
    check.write_text(f"{check.read_text()}\nSECRET = '{IN_CHECKS}'\n")
    monkeypatch.setenv("SECRET", IN_ENVIRONMENT)
    monkeypatch.syspath_prepend(tmp_path / IN_PATH)
    (tmp_path / IN_FOLDER).mkdir()
    monkeypatch.chdir(tmp_path / IN_FOLDER)
    return assignments.load(course / "assignments" / "tiny")


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT PROVEN: only root may read their memory")
def test_what_the_worker_knows_the_launcher_never_held(amid_secrets):
    texts = {IN_CHECKS, IN_ENVIRONMENT, IN_PATH, IN_FOLDER}
    before = children(os.getpid())
    batch = grade_all(preloading(amid_secrets, HEAVY), [job("kim"), job("lee")], workers=1)
    with closing(batch):
        _, record = next(batch)
        assert record.points == 10
        (trusted,) = set(children(os.getpid())) - set(before)
        assert holds(trusted, texts) == texts
        below = descendants(trusted)
        assert len(below) >= 2  # a launcher and a template
        for pid in below:
            assert holds(pid, texts) == set()
            environment = Path(f"/proc/{pid}/environ").read_text()
            assert IN_ENVIRONMENT not in environment
            assert sockets(pid) & sockets(trusted) == set()


def test_before_the_worker_is_told_its_launcher_has_nothing_else_open():
    before = children(os.getpid())
    with closing(started((), None)) as process:
        assert process.connection.recv() == worker.code_folder()
        (trusted,) = set(children(os.getpid())) - set(before)
        (launcher,) = children(trusted)
        assert sockets(trusted)
        for pid in [launcher, *descendants(launcher)]:
            assert sockets(pid) & sockets(trusted) == set()
            assert len(sockets(pid)) <= 1


LOOKS_AROUND = """
import os, sys
def test_add_adds(student):
    assert os.environ["SECRET"] == {environment!r}
    assert os.getcwd() == {folder!r}
    assert sys.path == {path!r}
    assert sys.dont_write_bytecode == {bytecode!r}
    assert "GLIBC_TUNABLES" not in os.environ
    assert student.sums.add(1, 2) == 3
"""


def test_the_checks_find_what_the_batch_has_around_it(amid_secrets):
    (amid_secrets.folder / "checks" / "public" / "test_sums.py").write_text(
        LOOKS_AROUND.format(
            environment=IN_ENVIRONMENT,
            folder=str(Path.cwd()),
            path=sys.path,
            bytecode=sys.dont_write_bytecode,
        )
    )
    [(_, record)] = grade_all(amid_secrets, [job("kim")], workers=1)
    assert record.points == 10


def test_a_library_that_is_not_there_is_named(tiny):
    with pytest.raises(PlatformError, match="no_such_library"):
        list(grade_all(preloading(tiny, ("no_such_library",)), [job("kim")], workers=1))


BATCH = """
import sys
from pathlib import Path
from grader.course import assignment
from grader.errors import PlatformError
from grader.grading.engines.local import grade_all
from grader.grading.worker import Job
from grader.intake.read import Submission
tiny = assignment.load(Path(sys.argv[1]))
try:
    print(list(grade_all(tiny, [Job(Submission("kim", "", {}, [], [], None, "0" * 64))], workers=1)))
except PlatformError as error:
    print(error.code)
"""


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_grader_that_only_the_batch_finds_is_refused(tiny, tmp_path, elsewhere):
    libraries = Path(np.__file__).parents[1]
    if PACKAGE.is_relative_to(libraries):
        pytest.skip("NOT PROVEN: this grader is where its libraries are")
    venv.create(tmp_path / "venv", symlinks=True)
    (site,) = (tmp_path / "venv" / "lib").glob("*/site-packages")
    (site / "found.pth").write_text(f"{libraries}\n")
    if elsewhere:  # another one is installed
        copytree(PACKAGE, site / "grader", ignore=lambda *_: ["__pycache__"])
    done = subprocess.run(
        [tmp_path / "venv" / "bin" / "python", "-c", BATCH, tiny.folder],
        check=False,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "error.not_found_by_launcher\n", done.stderr
    assert "Traceback" not in done.stderr

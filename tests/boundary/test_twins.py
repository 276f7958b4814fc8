"""A trusted process and its launcher, from one interpreter."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from grader.boundary.twins import Twin
from grader.errors import PlatformError
from tests.processes import descendants, left_of

ABOUT = b"""
import os, sys
def f():
    return [sorted(os.environ), sys.argv, sorted(os.sched_getaffinity(0)), sorted(sys.modules)]
"""


@contextmanager
def twin(target, *arguments, preload=(), core=None):
    made = Twin(f"tests.boundary.twin:{target}", *arguments, preload=preload, core=core)
    try:
        yield made
    finally:
        made.close()


def test_it_has_what_its_starter_has_and_the_hashes_of_every_other(monkeypatch):
    monkeypatch.setenv("GRADER_TEST", "seen")
    monkeypatch.setattr(sys, "path", [*sys.path, "/nowhere/at/all"])
    told = []
    for _ in range(2):
        with twin("describe", 1, {"a": "나"}) as made:
            told.append(made.line.recv())
    arguments, environment, path, modules, _ = told[0]
    assert arguments == (1, {"a": "나"})
    assert environment == {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    assert path == sys.path
    assert "torch" not in modules
    assert told[0] == told[1]


def test_its_guests_have_nothing_of_that(monkeypatch):
    monkeypatch.setenv("GRADER_TEST", "seen")
    with twin("ask_guests", preload=("numpy",), core=min(os.sched_getaffinity(0))) as made:
        made.line.send(ABOUT)
        environment, words, cores, modules = made.line.recv()
    assert "GRADER_TEST" not in environment
    assert words == [""]
    assert cores == [min(os.sched_getaffinity(0))]
    assert "numpy" in modules
    assert not {"tests.boundary.twin", "grader.checking.student", "pytest"} & set(modules)


def test_a_library_that_is_not_there_is_said():
    with twin("describe", preload=("no_such_library",)) as made:
        error = made.line.recv()
        assert isinstance(error, PlatformError)
        assert "No module named 'no_such_library'" in error.fields["reason"]


def test_what_it_died_of():
    with twin("die") as made:
        with pytest.raises(EOFError):
            made.line.recv()
        assert made.died_of() == signal.SIGABRT
        assert made.has_ended()


@pytest.mark.parametrize("end", ["close", "kill"])
def test_its_launcher_and_guests_end_with_it(end):
    with twin("ask_guests") as made:
        made.line.send(b"def f(): pass")
        made.line.recv()
        below = [pid for pid in descendants(os.getpid()) if "twin_start" in command_line(pid)]
        assert len(below) > 2  # itself, the launcher outside and inside its namespaces, a template
        getattr(made, end)()
        assert left_of(below) == []


STARTER = """
import os, sys
from grader.boundary.twins import Twin
made = Twin("tests.boundary.twin:ask_guests", preload=())
made.line.send(b"def f(): return 1")
print(made.line.recv(), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("stopped", [False, True])
def test_it_ends_with_its_starter_however_that_ends(stopped):
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout.readline() == "1\n"
    below = descendants(starter.pid)
    if stopped:
        for pid in below:
            os.kill(pid, signal.SIGSTOP)
    starter.kill()
    starter.communicate()
    assert left_of(below) == []


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read()
    except OSError:
        return ""

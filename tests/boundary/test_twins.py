"""A trusted process and its launcher, from one interpreter."""

import os
import resource
import signal
import site
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import grader
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
        while not made.is_told:
            made.receive()
        yield made
    finally:
        made.close()


def test_it_has_what_its_starter_has_and_the_hashes_of_every_other(monkeypatch):
    monkeypatch.setenv("GRADER_TEST", "seen")
    monkeypatch.setattr(sys, "path", [*sys.path, "/nowhere/at/all"])
    told = []
    for _ in range(2):
        with twin("describe", 1, {"a": "나"}) as made:
            told.append(made.receive())
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
        environment, words, cores, modules = made.receive()
    assert "GRADER_TEST" not in environment
    assert words == [""]
    assert cores == [min(os.sched_getaffinity(0))]
    assert "numpy" in modules
    ours = {"tests.boundary.twin", "grader.checking.student", "grader.boundary.launchers", "pytest"}
    assert not {*ours, "grader.errors", "multiprocessing", "__mp_main__"} & set(modules)


def test_a_library_that_is_not_there_is_said():
    made = Twin("tests.boundary.twin:describe", preload=("no_such_library",))
    with pytest.raises(PlatformError) as caught:
        made.receive()
    assert "No module named 'no_such_library'" in caught.value.fields["reason"]
    made.close()


def test_nobody_waits_for_a_library_that_hangs():
    """Not even to say what is to be done: that may be more than a socket holds."""
    made = Twin("tests.boundary.twin:describe", b" " * 10**6, preload=("tests.boundary.hangs",))
    assert not made.line.poll(0)
    assert made.kill() == signal.SIGKILL


def test_another_grader_than_ours_is_refused(monkeypatch):
    monkeypatch.setattr(grader, "__path__", ["/nowhere/grader"])
    with twin("describe") as made, pytest.raises(PlatformError) as caught:
        made.receive()
    assert caught.value.code == "error.other_grader"
    assert caught.value.fields["folder"] == "/nowhere"


def test_a_grader_that_only_pythonpath_finds_is_said(tmp_path):
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    path = os.pathsep.join([str(Path(grader.__path__[0]).parent), *site.getsitepackages()])
    started = subprocess.run(
        [bare / "bin" / "python", "-c", LOST],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.stdout == "error.not_found_by_launcher\n"


def test_what_a_library_prints_as_it_is_imported_is_no_output_of_ours():
    said = subprocess.run(
        [sys.executable, "-c", PRINTED], capture_output=True, text=True, check=True
    )
    assert said.stdout == ""
    assert {"by Python", "below it"} <= set(said.stderr.splitlines())


PRINTED = """
from grader.boundary.twins import Twin
made = Twin("tests.boundary.twin:ask_guests", preload=("tests.boundary.prints",))
made.receive()
made.kill()
"""


def test_it_starts_where_our_own_output_is_closed():
    code = f"import os; os.close(1)\n{PRINTED}"
    said = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, check=True)
    assert b"Traceback" not in said.stderr


LOST = """
from grader.boundary.twins import Twin
from grader.errors import PlatformError
try:
    Twin("room:serve", preload=()).receive()
except PlatformError as error:
    print(error.code)
"""


def test_what_it_died_of():
    with twin("die") as made:
        with pytest.raises(EOFError):
            made.receive()
        assert (made.died_of(), made.fate()) == (signal.SIGABRT, "signal 6")
        assert made.has_ended()


def test_what_a_library_has_registered_is_done_at_the_end(tmp_path):
    with twin("leave_word", str(tmp_path / "word")) as made, pytest.raises(EOFError):
        made.receive()
    assert (tmp_path / "word").read_text() == "tidied up"
    assert made.fate() == "exit code 0"


@pytest.mark.parametrize("end", ["close", "kill"])
def test_its_launcher_and_guests_end_with_it(end):
    with twin("ask_guests") as made:
        made.line.send(b"def f(): pass")
        made.receive()
        below = [pid for pid in descendants(os.getpid()) if "twin_start" in command_line(pid)]
        assert len(below) > 2  # itself, the launcher outside and inside its namespaces, a template
        getattr(made, end)()
        assert left_of(below) == []


BUSY = b"""
import time
def f():
    while time.process_time() < 1: pass
"""


def test_what_its_guests_have_used_is_counted():
    """By whoever waits for it: `time`, a scheduler, our own benchmarks."""
    before = used()
    for _ in range(5):  # it hung on which process was the first to end
        with twin("ask_guests") as made:
            made.give(BUSY)
            made.receive()
    assert used() - before > 5


def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


STARTER = """
import os, sys
from grader.boundary.twins import Twin
made = Twin("tests.boundary.twin:ask_guests", preload=())
made.receive()
made.line.send(b"def f(): return 1")
print(made.receive(), flush=True)
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

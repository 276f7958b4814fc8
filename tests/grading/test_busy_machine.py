"""A machine that has other things to do costs nobody a point."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from grader.records import store

# 0.3 s of processor time where half a second is allowed: more than that of the wall, as soon as
# other processes want the core.
WORKS = """
import time


def add(a, b):
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass
    return a + b
"""
ENDLESS = "def add(a, b):\n    while True: pass\n"
ASLEEP = "import time\ndef add(a, b):\n    time.sleep(3600)\n"
GREET = "def greet(name): return f'Hello {name}'\n"


@contextmanager
def busy_loops(count):
    """Processes that want every core they may have."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@pytest.fixture
def outcomes(course, edit, tmp_path):
    """Grade a class into a folder of its own; check outcomes and points by student."""
    edit("assignments/tiny/assignment.toml", "check_seconds = 1", "check_seconds = 0.5")
    for student, sums in {"works": WORKS, "endless": ENDLESS, "asleep": ASLEEP}.items():
        folder = tmp_path / "submitted" / student
        folder.mkdir(parents=True)
        (folder / "sums.py").write_text(sums)
        (folder / "words.py").write_text(GREET)

    def grade(name, workers):
        out = tmp_path / name
        call = ["--course", str(course), "grade", "tiny", str(tmp_path / "submitted")]
        done = CliRunner().invoke(main, [*call, "-o", str(out), "-j", str(workers)])
        assert done.exit_code == 0, done.output
        records = [store.read(path) for path in (out / "records" / "tiny").glob("*.json")]
        return {
            r.student: (r.points, [c.outcome for e in r.exercises for c in e.checks])
            for r in records
        }

    return grade


def test_four_busy_processes_change_no_score(outcomes):
    cores = len(os.sched_getaffinity(0))
    with busy_loops(2 * cores):
        busy = outcomes("busy", 2 * cores)
    assert busy["works"][1] == ["passed", "passed", "passed"]
    assert busy["endless"][1][0] == busy["asleep"][1][0] == "timeout"
    assert busy == outcomes("quiet", 1)

"""Exercises on a GPU beside exercises without: one record, and a seat only where one is needed."""

import json
import os
from contextlib import closing

import pytest

from grader.boundary.devices import NO_GPUS, Gpus, found
from grader.boundary.gpu_launcher import GpuLauncher
from grader.boundary.launchers import ForkLauncher
from grader.checking.plugin import run_session
from grader.cli.engines import engine_of
from grader.course import assignment as assignments
from grader.grading.engines.attempts import Attempt
from grader.grading.engines.local import Pool, _Worker
from grader.grading.grading import Grading
from grader.grading.submission import grade
from grader.grading.worker import Job, Post
from grader.intake.read import Submission
from grader.records.outcome import Outcome
from tests.boundary import pretended_gpu

SAYING = "assignments/tiny/exercises/saying.toml"
ADD = "def add(a, b): return a + b\n"
GREET = "def greet(name): return f'Hello {name}'\n"

# Both check files look at all seats of this machine's kernel, as the checks' process may.
SEATS = """
from pathlib import Path
import numpy as np


def seats():
    lines = Path("/proc/self/net/unix").read_text().splitlines()
    return sum({name!r} in line for line in lines)


"""
WITHOUT = """
def test_add_adds(student):
    assert student.sums.add(1, 2) == 3
    assert seats() == 0


def test_add_adds_arrays(student):
    assert np.array_equal(student.sums.add(np.ones(2), np.ones(2)), np.full(2, 2.0))
    assert seats() == 0
"""
ON_A_GPU = """
def test_greet_greets(student):
    assert student.words.greet("Kim") == "Hello Kim"
    assert seats() == 1
"""


@pytest.fixture
def name():
    """Of devices on which nobody else has seats."""
    return f"pretended-{os.getpid()}-"


@pytest.fixture
def mixed(course, edit):
    """The tiny assignment; `saying` is on a GPU."""
    edit(SAYING, "points", "gpu = true\npoints")
    return assignments.load(course / "assignments/tiny", references=course / "reference")


@pytest.fixture
def looking(mixed, course, name):
    """The same; its checks look at who has a seat."""
    folder = course / "assignments/tiny"
    (folder / "checks/public/test_sums.py").write_text(SEATS.format(name=name) + WITHOUT)
    (folder / "checks/hidden/test_more.py").write_text(SEATS.format(name=name) + ON_A_GPU)
    return assignments.load(folder, references=course / "reference")


def submission(student="kim", **files):
    files = {"sums.py": ADD, "words.py": GREET, **files}
    content = {file: text.encode() for file, text in files.items()}
    return Submission(student, "", content, [], [], None, "0" * 64)


def without_times(record):
    def clean(data):
        if isinstance(data, dict):
            return {k: clean(v) for k, v in data.items() if k not in {"seconds", "started"}}
        return [clean(item) for item in data] if isinstance(data, list) else data

    return clean(json.loads(json.dumps(record.to_json())))


def test_the_key_is_read_and_an_exercise_is_without(mixed):
    assert {e.id: e.gpu for e in mixed.exercises} == {"adding": False, "saying": True}


def test_another_device_is_another_setting(course, tiny, mixed):
    assert mixed.settings_sha256 != tiny.settings_sha256


def test_the_share_comes_from_the_command():
    nothing = dict.fromkeys(("scheduler", "tls_ca_file", "tls_cert", "tls_key"))
    with engine_of({"engine": "pool", "jobs": 1, "gpu_share": 0.25, **nothing}, "en") as engine:
        assert engine.gpus == Gpus(found(), 0.25)


def test_a_seat_is_taken_for_exercises_with_a_gpu_only(looking, name):
    gpus = Gpus((f"{name}0",))
    [graded] = Pool(1, gpus=gpus).grade_all(looking, [Job(submission())])
    points = [(e.id, e.points) for e in graded.record.exercises]
    assert points == [("adding", 6), ("saying", 4)], graded.record


def test_without_a_gpu_the_verdict_is_the_same_and_the_record_says_so(mixed, name):
    """A device's file alone is no GPU either: torch finds none behind it."""
    wrong = "def greet(name): return name\n"
    jobs = [Job(submission("right")), Job(submission("wrong", **{"words.py": wrong}))]
    records = []
    for gpus in (NO_GPUS, Gpus((f"{name}0",))):
        made = [one.record for one in Pool(1, gpus=gpus).grade_all(mixed, jobs)]
        graded = {record.student: record for record in made}
        assert {student: record.points for student, record in graded.items()} == {
            "right": 10,
            "wrong": 6,
        }
        assert {e.device for record in graded.values() for e in record.exercises} == {"cpu"}
        records.append({student: without_times(record) for student, record in graded.items()})
    assert records[0] == records[1]


def test_a_class_shares_one_device_and_every_record_is_whole(mixed, name):
    jobs = [Job(submission(f"student{number}")) for number in range(8)]
    pool = Pool(3, gpus=Gpus((f"{name}0",)))
    records = [graded.record for graded in pool.grade_all(mixed, jobs)]
    assert sorted(record.student for record in records) == [f"student{n}" for n in range(8)]
    assert all(record.points == 10 and len(record.exercises) == 2 for record in records)


KILLING = """
import os, signal
from pathlib import Path


def test_greet_greets(student):
    assert student.words.greet("Kim") == "Hello Kim"
    mark = Path({mark!r})
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_that_is_killed_on_its_seat_frees_it(looking, name, tmp_path):
    mark = tmp_path / "killed"
    file = looking.folder / "checks/hidden/test_more.py"
    file.write_text(KILLING.format(mark=str(mark)))
    [graded] = Pool(1, gpus=Gpus((f"{name}0",))).grade_all(looking, [Job(submission())])
    assert mark.exists()
    assert graded.record.points == 10


# --- where there is a GPU, as far as the guest can tell ---

CLOSE = """
import torch
from grader.checking.expect import expect_close


def test_greet_greets(student):
    # 30 times what float32 may be off on a CPU, and a third of what it may be on a GPU
    expect_close(student.words.greet(torch.ones(2)), torch.full((2,), 1.0003))
"""


@pytest.fixture
def close(course, edit):
    """The same; the check about `greet` compares float32."""
    edit(SAYING, "points", 'preload = ["torch"]\ngpu = true\npoints')
    hidden = course / "assignments/tiny/checks/hidden/test_more.py"
    hidden.write_text(CLOSE + "\n\ndef test_add_adds_arrays(student): pass\n")
    return assignments.load(course / "assignments/tiny")


@pytest.mark.parametrize(
    ("gpus", "device", "outcome"),
    [
        (Gpus(("pretended",), 0.25), pretended_gpu.NAME, Outcome.PASSED),
        (NO_GPUS, "cpu", Outcome.FAILED),
    ],
)
def test_the_record_says_the_device_and_tolerances_follow_it(
    close, monkeypatch, gpus, device, outcome
):
    monkeypatch.setattr(ForkLauncher, "module", pretended_gpu.__name__)
    made = []
    identity = {"words.py": "def greet(x): return x\n"}

    def body(checks):
        with closing(GpuLauncher(close.preload, gpus, lambda: None)) as launcher:
            grading = Grading(close, submission(**identity), checks, launcher)
            made.append(grade(grading, close.exercises))

    run_session(close.check_files(), body)
    adding, saying = made[0].exercises
    assert (adding.device, saying.device) == ("cpu", device)
    assert saying.checks[0].outcome == outcome


def test_who_waits_for_a_seat_says_so_until_there_is_one(mixed, name):
    """Or the batch would take it for a process that hangs."""
    gpus = Gpus((f"{name}0",))
    ours = gpus.take("", lambda: None)
    worker = _Worker(mixed, Post(gpus, memo=False), None)
    try:
        worker.give(Attempt(Job(submission())))
        while worker.receive() != "":
            pass
        ours.leave()
        while isinstance(record := worker.receive(), str):
            pass
        assert record.points == 10
    finally:
        worker.twin.kill()


# --- on a cluster ---

# Reaches the worker and its grading processes, and no launcher: to those PYTHONPATH is nothing.
PRETENDS = """
from grader.boundary.guest import nvidia
nvidia.DEV = {dev!r}
"""

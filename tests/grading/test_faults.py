"""Faults of the platform, each provoked for real: nothing lost, nothing twice, a clear message."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.boundary.scratch import Scratch, remove_abandoned
from grader.cli.main import main
from grader.errors import PlatformError
from grader.grading.engines.local import Pool
from grader.grading.results import is_given_up
from grader.grading.worker import Job
from grader.intake.read import Submission
from grader.records import store
from grader.records.record import SCHEMA
from tests.processes import descendants, left_of

GOOD = "def add(a, b): return a + b\n"
GREET = "def greet(name): return f'Hello {name}'\n"
HALF = ".0123456789abcdef.tmp"  # what a killed writer leaves
STUDENTS = [f"student{number:02}" for number in range(6)]


@pytest.fixture
def class_of_six(tmp_path):
    for student in STUDENTS:
        folder = tmp_path / "submitted" / student
        folder.mkdir(parents=True)
        (folder / "sums.py").write_text(GOOD)
        (folder / "words.py").write_text(GREET)
    return tmp_path / "submitted"


@pytest.fixture
def command(course, class_of_six, tmp_path):
    """The call that grades the class into `out`."""
    call = [sys.executable, "-m", "grader", "--lang", "en", "--course", str(course)]
    return [*call, "grade", "tiny", str(class_of_six), "-o", str(tmp_path / "out")]


def run(command, **options):
    return subprocess.run(command, check=False, capture_output=True, text=True, **options)


def graded_in(out):
    return sorted(path.stem for path in (out / "records" / "tiny").glob("*.json"))


def stray_files(out):
    return [path for path in out.rglob("*") if path.suffix == ".tmp"]


def is_clear(done, *words):
    """A sentence for a person, and no traceback."""
    told = done.stdout + done.stderr
    return "Traceback" not in told and all(word in told for word in words)


# --- a full disk ---


SMALL_DISK = """
set -u
disk=$1 small=$2 kept=$3; shift 3
mount -t tmpfs -o "mode=700,$small" tmpfs "$disk" || exit 99
"$@" >"$kept/first.txt" 2>&1; echo $? >"$kept/first.code"
cp -r "$disk" "$kept/first"
mount -o remount,size=8m,nr_inodes=1000 tmpfs "$disk" || exit 99
"$@" >"$kept/second.txt" 2>&1; echo $? >"$kept/second.code"
cp -r "$disk" "$kept/second"
"""


@pytest.fixture
def twice_on(tmp_path):
    """Run a command twice with a disk at `folder`: a small one, then a large one.

    Returns a folder with exit codes, what was printed, and the disk as it was after each run.
    """
    own_mounts = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]
    if not shutil.which("unshare") or run([*own_mounts, "true"]).returncode:
        pytest.skip("NOT PROVEN: this system lets nobody mount a small disk, so none was filled")

    def run_twice(folder, small, command, **options):
        kept = tmp_path / "kept"
        for new in (folder, kept):
            new.mkdir()
        call = [*own_mounts, "sh", "-c", SMALL_DISK, "sh", str(folder), small, str(kept)]
        done = run([*call, *command], **options)
        assert done.returncode == 0, done.stderr
        return kept

    return run_twice


def code_and_text(kept, which):
    return int((kept / f"{which}.code").read_text()), (kept / f"{which}.txt").read_text()


def test_a_full_disk(twice_on, command, tmp_path):
    kept = twice_on(tmp_path / "out", "size=40k", command)
    code, text = code_and_text(kept, "first")
    assert code == 3
    # it is the system or SQLite that says so, of a record or of the index
    assert re.search("cannot be written: (No space left on device|database or disk is full)", text)
    assert "Traceback" not in text
    before = graded_in(kept / "first")
    assert 0 < len(before) < 6
    assert stray_files(kept / "first") == []
    code, text = code_and_text(kept, "second")
    assert code == 0
    assert f"{6 - len(before)} graded, {len(before)} unchanged" in text
    assert graded_in(kept / "second") == STUDENTS
    for student in before:  # what was there was whole, and was not graded twice
        name = f"records/tiny/{student}.json"
        assert (kept / "second" / name).read_bytes() == (kept / "first" / name).read_bytes()
        store.read(kept / "first" / name)


def test_a_full_temporary_folder_is_passed_over(twice_on, command, tmp_path):
    temporary = tmp_path / "temporary"
    environment = {**os.environ, "TMPDIR": str(temporary)}
    kept = twice_on(temporary, "nr_inodes=1", command, env=environment)
    code, text = code_and_text(kept, "first")
    assert (code, "6 graded" in text, "Traceback" in text) == (0, True, False)
    code, text = code_and_text(kept, "second")
    assert (code, "6 unchanged" in text) == (0, True)
    assert [store.read(p).points for p in (tmp_path / "out" / "records" / "tiny").iterdir()] == (
        [10] * 6
    )


def test_no_room_for_what_is_printed(command, tmp_path):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, check=False, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 3
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    again = run(command)
    assert (again.returncode, graded_in(tmp_path / "out")) == (0, STUDENTS)


# --- root, but of a user namespace that knows nobody else, as in a rootless container ---


ONE_GUEST = """
from grader.course.assignment import Limits
from grader.boundary.launchers import ForkLauncher
from grader.boundary.submitted import Submitted
from grader.boundary.guests import Guests
launcher = ForkLauncher(())
process = Guests(launcher, Submitted("pack", {}), Limits())
process.open()
print(process.survey.layers, process.survey.missing)
process.close()
launcher.close()
"""


def test_root_among_nobody_else():
    alone = ["unshare", "--user", "--map-root-user"]
    if not shutil.which("unshare") or run([*alone, "true"]).returncode:
        pytest.skip("NOT PROVEN: this system gives nobody a user namespace")
    done = run([*alone, sys.executable, "-c", ONE_GUEST])
    assert done.returncode == 0, done.stderr
    layers, _, missing = done.stdout.partition("]")
    assert ("own_user" in missing, "own_session" in layers) == (True, True)


# --- two graders, and a grader that is killed ---

# A check of the course may do what it likes on the trusted side: here it stops until it is told.
WAITING_CHECK = """
import os, pathlib, time
HERE = pathlib.Path(os.environ["HERE"])


def test_add_adds(student):
    (HERE / "began").touch()
    while not (HERE / "go").exists():
        os.sched_yield()
    assert student.sums.add(1, 2) == 3
"""


@pytest.fixture
def waiting(command, course, tmp_path, monkeypatch):
    """Start the batch; it stops in the first check until `tmp_path/go` is there."""
    monkeypatch.setenv("HERE", str(tmp_path))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (course / "assignments/tiny/checks/public/test_sums.py").write_text(WAITING_CHECK)
    # a shell's background job ignores Ctrl-C, and its children would inherit that
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    batch = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    signal.signal(signal.SIGINT, before)
    while not (tmp_path / "began").exists() and batch.poll() is None:
        os.sched_yield()
    yield batch
    batch.kill()
    batch.wait()
    batch.stdout.close()


def test_two_graders_on_one_folder(waiting, command, tmp_path):
    second = run(command)
    assert second.returncode == 2
    assert is_clear(second, "Another `grader` process is using", str(tmp_path / "out"))
    (tmp_path / "go").touch()
    told = waiting.stdout.read()
    waiting.wait()
    assert (waiting.returncode, "6 graded, 0 unchanged" in told) == (0, True)


def test_a_killed_grader_holds_no_lock_and_leaves_nothing(waiting, command, tmp_path):
    family = descendants(waiting.pid)
    assert len(family) >= 2  # a worker and its launcher
    waiting.kill()
    waiting.wait()
    assert left_of(family) == []
    # the one half of a write that a kill can leave
    (tmp_path / "out" / "records" / "tiny").mkdir(parents=True)
    (tmp_path / "out" / "records" / "tiny" / HALF).write_text('{"schema": "grader/rec')
    (tmp_path / "go").touch()
    again = run(command)
    assert (again.returncode, "6 graded, 0 unchanged" in again.stdout) == (0, True)
    assert stray_files(tmp_path / "out") == []


def test_what_a_kill_left_half_written_is_removed_wherever_a_batch_writes(command, tmp_path):
    out = tmp_path / "out"
    assert run(command).returncode == 0
    folders = [out, *(path for path in out.rglob("*") if path.is_dir())]
    assert out / "mistakes" in folders
    for folder in folders:
        (folder / HALF).write_text("{")
    (out / ".notes.tmp").write_text("somebody else's")
    (out / ".fedcba9876543210.tmp").mkdir()
    assert run(command).returncode == 0
    assert not list(out.rglob(HALF))
    assert (out / ".notes.tmp").is_file()


def test_ctrl_c_ends_everything_at_once_and_leaves_nothing(waiting, command, tmp_path):
    family = descendants(waiting.pid)
    waiting.send_signal(signal.SIGINT)
    told, _ = waiting.communicate(timeout=60)
    assert (waiting.returncode, "Traceback" in told) == (130, False), told
    assert told.splitlines()[-1] == "Interrupted; the same command goes on from here."
    assert left_of(family) == []
    assert list((tmp_path / "temporary").iterdir()) == []
    (tmp_path / "go").touch()
    again = run(command)
    assert (again.returncode, "6 graded, 0 unchanged" in again.stdout) == (0, True)


EARLY = """
import sys
from importlib.abc import MetaPathFinder
from grader.__main__ import run


class Impatient(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "click":
            raise KeyboardInterrupt


sys.meta_path.insert(0, Impatient())
run()
"""


def test_ctrl_c_is_answered_while_the_commands_are_imported():
    environment = {**os.environ, "LC_ALL": "ko_KR.UTF-8"}
    call = [sys.executable, "-c", EARLY]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "중단했습니다.\n")


def test_a_folder_of_a_launcher_that_is_gone_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    in_use = Scratch()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        left = Path(holder.stdout.readline().strip())
        (left / "guest-1").mkdir()
        (left / "guest-1" / "link").symlink_to(tmp_path / "precious")
        (tmp_path / "precious").mkdir()
        (tmp_path / "grader-guests-link").symlink_to(tmp_path / "precious")
        remove_abandoned()
        assert left.is_dir()  # its owner lives
        holder.kill()
        holder.wait()
        remove_abandoned()
    assert not left.exists()
    assert in_use.folder.is_dir()
    assert (tmp_path / "precious").is_dir()
    in_use.remove()
    assert not in_use.folder.exists()


HOLDER = """
from grader.boundary.scratch import Scratch
scratch = Scratch()
print(scratch.folder, flush=True)
input()
"""


# --- a killed worker, a killed launcher: in the middle of a check ---

# Kills one process of the platform after the student's first answer, once.
KILLING_CHECK = """
import os, pathlib, signal
HERE = pathlib.Path(os.environ["HERE"])


def test_add_adds(student):
    assert student.sums.add(1, 2) == 3
    if not (HERE / "killed").exists():
        (HERE / "killed").touch()
        victim = os.getpid()
        if (HERE / "launcher").exists():
            (victim,) = map(int, pathlib.Path(f"/proc/{victim}/task/{victim}/children").read_text().split())
        os.kill(victim, signal.SIGKILL)
    assert student.sums.add(2, 2) == 4
"""


@pytest.mark.parametrize("victim", ["worker", "launcher"])
def test_killed_in_the_middle_of_a_check(command, course, tmp_path, monkeypatch, victim):
    monkeypatch.setenv("HERE", str(tmp_path))
    (tmp_path / victim).touch()
    (course / "assignments/tiny/checks/public/test_sums.py").write_text(KILLING_CHECK)
    done = run(command)
    assert (tmp_path / "killed").exists()
    assert (done.returncode, "6 graded" in done.stdout) == (0, True), done.stderr
    for student in STUDENTS:  # nobody lost a point by it
        assert record_of(tmp_path, student).points == 10


def record_of(tmp_path, student):
    return store.read(tmp_path / "out" / "records" / "tiny" / f"{student}.json")


def test_killed_again_and_again(command, course, tmp_path, monkeypatch):
    monkeypatch.setenv("HERE", str(tmp_path))
    check = KILLING_CHECK.replace('if not (HERE / "killed").exists()', "if True")
    (course / "assignments/tiny/checks/public/test_sums.py").write_text(check)
    done = run([*command, "--only", "student00", "--only", "student01"])
    assert done.returncode == 3
    assert is_clear(done, "killed twice", "2 need regrading")
    assert record_of(tmp_path, "student00").points is None  # no score, rather than a wrong one
    (course / "assignments/tiny/checks/public/test_sums.py").write_text(
        "def test_add_adds(student): assert student.sums.add(1, 2) == 3"
    )
    assert run(command).returncode == 0
    assert record_of(tmp_path, "student00").points == 10


def test_a_worker_that_hangs_is_ended(tiny, course, tmp_path, monkeypatch):
    """Takes as long as `patience`: nobody can know any sooner that nothing will come."""
    monkeypatch.setenv("HERE", str(tmp_path))
    check = KILLING_CHECK.replace("SIGKILL", "SIGSTOP")
    (course / "assignments/tiny/checks/public/test_sums.py").write_text(check)
    files = {"sums.py": GOOD.encode(), "words.py": GREET.encode()}
    job = Job(Submission("kim", "", files, [], [], None, "0" * 64))
    [graded] = Pool(1, patience=15).grade_all(tiny, [job])
    assert (tmp_path / "killed").exists()
    assert graded.record.points == 10


def test_a_library_that_hangs_as_it_is_imported_ends_no_batch(tiny):
    files = {"sums.py": b"#" * 10**6, "words.py": b""}  # more than a socket holds
    job = Job(Submission("kim", "", files, [], [], None, "0" * 64))
    [graded] = Pool(1, patience=0.5).grade_all(needing("tests.boundary.hangs", tiny), [job])
    assert is_given_up(graded.record)


def needing(library, tiny):
    exercises = [replace(own, preload=(library,)) for own in tiny.exercises]
    return replace(tiny, exercises=exercises)


def test_the_work_of_a_process_that_cannot_start_is_done_by_the_others(tiny):
    files = {"sums.py": GOOD.encode(), "words.py": GREET.encode()}
    jobs = [Job(Submission(name, "", files, [], [], None, "0" * 64)) for name in STUDENTS]
    made = list(Pool(2).grade_all(needing("tests.boundary.first_core", tiny), jobs))
    assert sorted(one.record.student for one in made) == STUDENTS
    assert {one.record.points for one in made} == {10}


def test_where_none_can_start_the_reason_is_said(tiny):
    jobs = [Job(Submission(name, "", {}, [], [], None, "0" * 64)) for name in STUDENTS]
    with pytest.raises(PlatformError) as caught:
        list(Pool(2).grade_all(needing("no_such_library", tiny), jobs))
    assert "No module named 'no_such_library'" in caught.value.fields["reason"]


def test_a_class_is_not_read_into_memory_at_once(tiny):
    taken = []

    def jobs():
        for student in STUDENTS:
            taken.append(student)
            files = {"sums.py": GOOD.encode(), "words.py": GREET.encode()}
            yield Job(Submission(student, "", files, [], [], None, "0" * 64))

    for done, _ in enumerate(Pool(2).grade_all(tiny, jobs()), 1):
        assert len(taken) <= done + 2
    assert (done, taken) == (6, STUDENTS)


# --- damaged records ---


def damaged(change):
    def text(record):
        return json.dumps(change(record))

    return text


DAMAGED = {
    "cut_off": lambda record: json.dumps(record)[:300],
    "empty": lambda _: "",
    "zeros": lambda _: "\0" * 4096,
    "not_text": lambda _: "\udcff\udcfe",
    "a_nest": lambda _: "[" * 100_000,
    "a_list": lambda _: "[]",
    "a_number": lambda _: "1" * 5000,
    "of_another_grader": damaged(lambda record: {**record, "schema": f"{SCHEMA}.1"}),
    "a_score_that_is_a_word": damaged(lambda record: {**record, "points": "ten"}),
    "a_score_that_is_no_number": damaged(lambda record: {**record, "points": float("nan")}),
    "no_score": damaged(lambda record: {k: v for k, v in record.items() if k != "points"}),
    "an_outcome_that_is_none": damaged(
        lambda record: {**record, "exercises": [{**record["exercises"][0], "checks": [1]}]}
    ),
    "of_another_student": damaged(lambda record: {**record, "student": "intact"}),
    "of_another_assignment": damaged(lambda record: {**record, "assignment": "hw9"}),
}


def test_damaged_records(course, tmp_path):
    for student in ["intact", *DAMAGED]:
        folder = tmp_path / "submitted" / student
        folder.mkdir(parents=True)
        (folder / "sums.py").write_text(GOOD)
        (folder / "words.py").write_text(GREET)

    def grader(*call):
        done = CliRunner().invoke(main, ["--lang", "en", "--course", str(course), *call])
        assert type(done.exception) in {SystemExit, type(None)}, done.exception
        return done

    out = str(tmp_path / "out")
    grading = ("grade", "tiny", str(tmp_path / "submitted"), "-o", out)
    assert grader(*grading).exit_code == 0
    wholes = {}
    for name, damage in DAMAGED.items():
        path = tmp_path / "out" / "records" / "tiny" / f"{name}.json"
        wholes[path] = path.read_bytes()
        bad = damage(json.loads(wholes[path])).encode("utf-8", "surrogateescape")
        path.write_bytes(bad)
        report = grader("report", out)
        assert (report.exit_code, "records/tiny/" in report.output) == (3, True)
        path.write_bytes(wholes[path])
        assert grader("report", out).exit_code == 0
        wholes[path] = bad
    for path, bad in wholes.items():
        path.write_bytes(bad)
    again = grader(*grading)
    assert again.exit_code == 0
    assert f"{len(DAMAGED)} graded, 1 unchanged" in again.output
    assert again.output.count("its record was damaged") == len(DAMAGED)
    assert {record_of(tmp_path, name).points for name in DAMAGED} == {10}
    assert grader("report", out).exit_code == 0


# --- a clock that jumps ---

# Ten years ahead, ten years back, at every look. Only the clock on the wall: it may be set.
JUMPING_CLOCK = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long jump(void) {
    static long looks;
    return (looks++ % 2 ? 1 : -1) * 315360000L;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = (int) syscall(SYS_clock_gettime, clock, now);
    if (!failed && clock == CLOCK_REALTIME) now->tv_sec += jump();
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now) *now = precise.tv_sec;
    return precise.tv_sec;
}
"""


@pytest.fixture
def jumping_clock(tmp_path):
    """The environment in which a process sees it."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("NOT PROVEN: without a C compiler there is no clock that jumps")
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(JUMPING_CLOCK)
    assert run([compiler, "-shared", "-fPIC", "-o", library, source]).returncode == 0
    environment = {**os.environ, "LD_PRELOAD": str(library)}
    look = "import time; a, b = time.time(), time.time(); print(abs(a - b) > 1e8)"
    seen = run([sys.executable, "-c", look], env=environment).stdout.strip()
    if seen != "True":
        pytest.skip("NOT PROVEN: this interpreter does not ask the C library for the time")
    return environment


def test_a_clock_that_jumps(command, class_of_six, tmp_path, jumping_clock):
    (class_of_six / "student00" / "sums.py").write_text("def add(a, b):\n    while True: pass")
    slow = "import time\ndef add(a, b):\n    time.sleep(0.3)\n    return a + b\n"
    (class_of_six / "student01" / "sums.py").write_text(slow)
    done = run(command, env=jumping_clock)
    assert (done.returncode, "6 graded" in done.stdout) == (0, True), done.stderr
    assert "6 unchanged" in run(command, env=jumping_clock).stdout
    for student in STUDENTS:
        record = record_of(tmp_path, student)
        assert record.points == (4 if student == "student00" else 10)
        assert 0 < record.seconds < 60
        datetime.fromisoformat(record.started)
    assert record_of(tmp_path, "student00").exercises[0].checks[0].outcome == "timeout"

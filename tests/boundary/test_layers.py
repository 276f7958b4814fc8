"""Layer by layer, and grading on a machine that lacks some of them."""

import json
import os
import pwd
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from grader.boundary.guest import kernel, numbers, nvidia, seccomp
from grader.boundary.requirements import lacking
from grader.grading.engines import local as pool
from tests.processes import named

ROOT = Path(__file__).parents[2]
ALL = {"resource_limits", "tree_kill", "landlock", "namespaces", "system_call_filter"}


def command(course, out, *options):
    """`grader grade` on the tiny course, run in a process of its own."""
    grade = ["grade", "tiny", str(course / "submitted"), "-o", str(out), *options]
    return [sys.executable, "-m", "grader", "--course", str(course), "--lang", "en", *grade]


def run(words, without=(), **more):
    """With layers refused by the kernel."""
    prefix = [sys.executable, "-m", "tests.missing_layers", *without, "--"] if without else []
    return subprocess.run(
        [*prefix, *words], check=False, cwd=ROOT, capture_output=True, text=True, **more
    )


@pytest.fixture
def handed_in(course):
    package = course / "submitted" / "kim" / "tiny" / "tiny_package"
    package.mkdir(parents=True)
    for file in (course / "reference" / "tiny_package").glob("*.py"):
        (package / file.name).write_text(file.read_text())
    return course


@pytest.mark.parametrize(
    ("layers", "weak"),
    [
        (ALL, []),
        (ALL - {"landlock"}, []),
        (ALL - {"namespaces"}, []),
        (ALL - {"namespaces", "landlock"}, ["files"]),
        (ALL - {"namespaces", "system_call_filter"}, ["network"]),
        (set(), ["files", "network", "limits", "tree_kill"]),
    ],
)
def test_which_layers_are_enough(layers, weak):
    assert lacking(layers) == weak


def test_another_user_is_enough_where_every_secret_is_closed(tmp_path):
    layers = (ALL | {"own_user"}) - {"namespaces", "landlock"}
    secrets = [tmp_path / "checks", tmp_path / "records"]
    for folder, mode in zip(secrets, (0o700, 0o710), strict=True):
        folder.mkdir()
        folder.chmod(mode)
    assert lacking(layers, secrets) == ["files"]
    secrets[1].chmod(0o700)
    assert lacking(layers, secrets) == []
    assert lacking(layers - {"own_user"}, secrets) == ["files"]
    assert lacking(layers) == ["files"]


@pytest.mark.parametrize(
    ("without", "weak"),
    [
        (["landlock"], []),
        (["namespaces"], []),
        (["own_user"], []),
        (["pidfd"], []),
        (["system_call_filter"], []),
        (["landlock", "namespaces"], ["files"]),
        (["system_call_filter", "namespaces"], ["network"]),
        (["resource_limits"], ["limits"]),
        (["tree_kill"], ["tree_kill"]),
    ],
)
def test_a_machine_that_lacks_layers(handed_in, tmp_path, without, weak):
    out = tmp_path / "out"
    done = run(command(handed_in, out), without)
    if weak:
        assert done.returncode == 3
        assert f"Unprotected: {', '.join(weak)}." in done.stderr
        assert "Traceback" not in done.stderr
        assert not list(out.glob("records/*/*.json"))
        done = run(command(handed_in, out, "--allow-weak-jail"), without)
    assert done.returncode == 0, done.stderr
    record = json.loads((out / "records/tiny/kim.json").read_text())
    assert record["points"] == record["possible"]
    assert record["lacking"] == weak
    assert not set(without) & set(record["layers"])


def test_a_record_from_a_weak_jail_is_not_kept_by_a_strict_run(handed_in, tmp_path):
    out = tmp_path / "out"
    run(command(handed_in, out, "--allow-weak-jail"), ["landlock", "namespaces"])
    record = out / "records/tiny/kim.json"
    assert json.loads(record.read_text())["lacking"] == ["files"]
    run(command(handed_in, out, "--allow-weak-jail"))  # the operator said it is good enough
    assert json.loads(record.read_text())["lacking"] == ["files"]
    run(command(handed_in, out))
    assert json.loads(record.read_text())["lacking"] == []


@pytest.fixture
def as_nobody(handed_in, tmp_path):
    """Run the command as an ordinary user, to whom the course belongs."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    if not _may_read(sys.base_prefix):
        pytest.skip(f"an ordinary user of this machine cannot read {sys.base_prefix}")
    nobody = pwd.getpwnam("nobody")

    def grade(without, *options):
        (tmp_path / "out").mkdir()
        for place in (tmp_path, *tmp_path.rglob("*"), handed_in, *handed_in.rglob("*")):
            os.chown(place, nobody.pw_uid, nobody.pw_gid)
        for place in (tmp_path, handed_in):
            for parent in [place, *place.parents][:3]:
                parent.chmod(0o755)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        return run(command(handed_in, tmp_path / "out", *options), without, **who)

    return grade


# Opens for writing, and then traces, every process of its own user but itself.
MEDDLER = """
import ctypes, os
from pathlib import Path

def touched(pid):
    libc = ctypes.CDLL(None, use_errno=True)
    yield "ptrace", lambda: libc.ptrace(16, pid, 0, 0) == 0 and libc.ptrace(17, pid, 0, 0) == 0
    yield "memory", lambda: open(f"/proc/{pid}/mem", "r+b")
    yield "channel", lambda: os.listdir(f"/proc/{pid}/fd")

def add(a, b):
    seen, got = 0, []
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            words = (folder / "cmdline").read_text().split(chr(0))
            whose = (folder / "status").read_text().split("Uid:")[1].split()[0]
        except OSError:
            continue  # it has ended meanwhile
        if pid == os.getpid() or int(whose) != os.getuid() or "-m" not in words:
            continue
        seen += 1
        for name, act in touched(pid):
            try:
                if act():
                    got.append((name, words[:6]))
            except OSError:
                pass
    raise ValueError(f"{seen} others, got {got}")
"""


def test_in_the_weakest_jail_a_guest_writes_into_none_of_us(handed_in, as_nobody, tmp_path):
    (handed_in / "submitted/kim/tiny/tiny_package/sums.py").write_text(MEDDLER)
    without = ["landlock", "namespaces", "system_call_filter", "own_user"]
    done = as_nobody(without, "--allow-weak-jail", "-j", "1")
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "out/records/tiny/kim.json").read_text())
    said = record["exercises"][0]["checks"][0]["detail"]
    # the batch, a worker, a launcher
    assert "ValueError: 3 others, got []" in said, said


@pytest.mark.parametrize("without", [[], ["namespaces"]])
def test_an_ordinary_user_grades_too(as_nobody, tmp_path, without):
    done = as_nobody(without)
    out = tmp_path / "out"
    assert done.returncode == 0, done.stderr
    record = json.loads((out / "records/tiny/kim.json").read_text())
    assert record["points"] == record["possible"]
    assert record["lacking"] == []
    assert ("namespaces" in record["layers"]) == (not without)


def _may_read(path):
    test = subprocess.run(
        ["test", "-r", path], check=False, user="nobody", group="nogroup", extra_groups=[]
    )
    return test.returncode == 0


@pytest.mark.parametrize(
    "without", [["system_call_filter"], ["system_call_filter", "namespaces", "own_user"]]
)
def test_no_daemon_outlives_the_check_even_where_processes_can_be_started(
    course, tmp_path, without
):
    package = course / "submitted" / "kim" / "tiny" / "tiny_package"
    package.mkdir(parents=True)
    (package / "words.py").write_text((course / "reference/tiny_package/words.py").read_text())
    name = f"stray{os.getpid()}"
    (package / "sums.py").write_text(f"""
import ctypes, os, signal, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        ctypes.CDLL(None).prctl(15, b"{name}", 0, 0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            os.open("started", os.O_CREAT)
            time.sleep(1000)
        os._exit(0)
while not os.path.exists("started"):
    time.sleep(0.01)
def add(a, b): return a + b
""")
    done = run(command(course, tmp_path / "out", "--allow-weak-jail"), without)
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "out/records/tiny/kim.json").read_text())
    assert record["points"] > 0, "it did start its processes and went on"
    assert not named(name)


# ---- the filter as a program --------------------------------------------------------------------


@pytest.mark.parametrize("device", ["", "nvidia0"])
def test_the_filter_made_before_a_process_is_that_of_the_process(device):
    requests = nvidia.requests(device)
    program = seccomp.program(kernel.MACHINE, 31337, requests)
    expected = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    assert seccomp.code_for(31337, requests) == expected


def answer(machine, name, *arguments, pid=7, arch=None, requests=()):
    """Run the filter as the kernel would, on one call."""
    program = seccomp.program(machine, pid, requests)
    number = numbers.of(name, machine) if isinstance(name, str) else name
    words = {0: number, 4: arch or {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[machine]}
    for index in range(6):
        value = arguments[index] if index < len(arguments) else 0
        words[16 + 8 * index], words[20 + 8 * index] = value & 0xFFFFFFFF, value >> 32
    at, register = 0, 0
    while True:
        code, yes, no, k = program[at]
        at += 1
        if code == 0x20:
            register = words[k]
        elif code == 0x54:
            register &= k
        elif code == 0x15:
            at += yes if register == k else no
        elif code == 0x35:
            at += yes if register >= k else no
        else:
            return {0x7FFF0000: "allow", 0x80000000: "kill"}.get(k, k & 0xFFFF)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (("read",), "allow"),
        (("execve",), 1),
        ((435,), 38),
        (("fchmodat",), 0),
        (("mmap", 0, 4096, 3, 0x22), "allow"),
        (("mmap", 0, 4096, 3, 0x21), 1),
        (("mmap", 0, 4096, 3, 0x23), 1),
        (("mmap", 0, 4096, 3, 0x122), 1),
        (("mmap", 0, 4096, 1, 0x01), "allow"),
        (("clone", 0x3D0F00), "allow"),
        (("clone", 17), 1),
        (("clone", 0x3D0F00 | 0x10000000), 1),
        (("kill", 7, 9), "allow"),
        (("kill", 8, 9), 1),
        (("kill", 0xFFFFFFFF, 9), 1),
        (("prlimit64", 0, 7, 0, 4096), "allow"),
        (("prlimit64", 0, 7, 1 << 32, 0), 1),
        (("sendto", 3, 4096, 10, 0, 0), "allow"),
        (("sendto", 3, 4096, 10, 0, 1 << 40), 1),
        (("fcntl", 3, 8, 1), 1),
        (("ioctl", 3, 0x5412), 25),
        (("prctl", 1), 1),
        (("prctl", 15), "allow"),
        (("socketpair", 1), "allow"),
        (("socketpair", 2), 1),
    ],
)
def test_the_filter_decides(machine, call, expected):
    assert answer(machine, *call) == expected


def test_the_filter_knows_the_machine_by_name():
    assert answer("x86_64", "read", arch=0x40000003) == "kill"  # int 0x80
    assert answer("x86_64", 0x40000000) == "kill"  # x32
    assert answer("aarch64", "read", arch=0xC000003E) == "kill"
    assert answer("x86_64", 9999) == 38
    assert kernel.MACHINE in {"x86_64", "aarch64"}


def test_a_course_where_python_lives_is_refused(course, tmp_path):
    out = Path(sys.prefix) / "out"
    (course / "submitted" / "kim" / "tiny").mkdir(parents=True)
    done = run(command(course, out))
    assert done.returncode == 2
    assert "Move the course elsewhere" in done.stderr
    assert not (out / "records").exists()


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: nothing to share out")
def test_each_of_two_workers_stays_on_a_core_of_its_own(course, tmp_path):
    for student in ("kim", "lee"):
        package = course / "submitted" / student / "tiny" / "tiny_package"
        package.mkdir(parents=True)
        (package / "words.py").write_text((course / "reference/tiny_package/words.py").read_text())
        (package / "sums.py").write_text("""
import os
def add(a, b):
    try: os.sched_setaffinity(0, range(64))
    except PermissionError: pass
    raise ValueError(sorted(os.sched_getaffinity(0)))
""")
    done = run(command(course, tmp_path / "out", "-j", "2"))
    assert done.returncode == 0, done.stderr
    # which worker grades whom is a race; that both stay on one core, and on different ones, is not
    for student in ("kim", "lee"):
        record = (tmp_path / "out/records/tiny" / f"{student}.json").read_text()
        assert re.search(r"ValueError: \[\d+\]", record)
    assert pool.core_of(0, 2) != pool.core_of(1, 2)

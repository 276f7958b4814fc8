"""Grading on a cluster: the same records as at home, and what clusters do to a batch."""

import gc
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
import zlib
from collections import Counter
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from grader.checking import answers
from grader.course import assignment as assignments
from grader.course.folder import Course
from grader.diagnosis.mistakes import case_id
from grader.errors import PlatformError, UsageError
from grader.grading.engines.local import Pool
from grader.grading.proofs import Way
from grader.grading.worker import Job
from grader.i18n import translate
from grader.intake.read import Submission
from grader.records import store
from grader.records.record import Message
from tests.conftest import write_course

pytest.importorskip(
    "distributed",
    reason="NOT PROVEN: that a class is graded on a cluster. Missing: distributed. "
    "Install: pip install 'grader[dask]'",
)

from grader.boundary.guest import nvidia
from grader.grading.engines import bundle
from grader.grading.engines.attempts import ATTEMPTS, MOST_RETURNS, Attempt, given_up
from grader.grading.engines.cluster import Cluster
from grader.grading.engines.cores import Seats
from grader.grading.engines.gate import Certificates, Gate, address_in
from grader.grading.engines.sent_back import Unfit, packed, packed_error, unfit, unpacked
from tests.grading import test_gpu
from tests.grading.dask_cluster import DATABASE, ROOT, Relay, live, until

# where a machine dies, as it does here on purpose, distributed leaves its sockets to be collected
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

mixed = test_gpu.mixed

GOOD = "def add(a, b): return a + b\n"
GREET = "def greet(name): return f'Hello {name}'\n"


@pytest.fixture(scope="module", autouse=True)
def sockets_collected():
    """Here, and not in the tests of another file, where they would be a fault."""
    yield
    gc.collect()


# What a student's answer says happens to the grading process, or to the worker above it.
MEETING_CHECK = """
import os, pathlib, signal, time
HERE = pathlib.Path({here!r})


def meet(said):
    mark = HERE / said.replace(" ", "-")
    what, victim, often = said.split()
    if often == "once" and mark.exists():
        return
    mark.touch()
    if what == "wait":
        while not (HERE / "go").exists():
            time.sleep(0.02)
        return
    number = signal.SIGSTOP if what == "stop" else signal.SIGKILL
    os.kill(os.getpid() if victim == "resident" else os.getppid(), number)


def test_add_adds(student):
    said = student.sums.add(1, 2)
    if isinstance(said, str):
        meet(said)
    else:
        assert said == 3
"""


def submission(student, says=3):
    add = (
        GOOD if says == 3 else f"def add(a, b): return {says!r} if isinstance(a, int) else a + b\n"
    )
    files = {"sums.py": add.encode(), "words.py": GREET.encode()}
    return Submission(student, student, files, [], [], None, "0" * 64)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def assignment(home):
    course = write_course(home / "course")
    check = MEETING_CHECK.format(here=str(home))
    (course / "assignments/tiny/checks/public/test_sums.py").write_text(check)
    tiny = assignments.load(course / "assignments/tiny", references=course / "reference")
    [graded] = Pool(1).grade_all(tiny, [Job(submission("reference"), noted=True)])
    right = {
        case_id(check.id, trace.case): dict(trace.answers_shown)
        for exercise in graded.record.exercises
        for check in exercise.checks
        for trace in check.traces
    }
    (tiny.folder / answers.FILE).write_text(answers.dump(tiny, right))
    return tiny


@pytest.fixture(scope="module")
def cluster(home):
    with live(home / "dask", workers=2) as running:
        yield running


@pytest.fixture(scope="module")
def unlucky(cluster, assignment):
    """What came of a batch in which everything happens that can happen to a process."""
    said = {
        "killed": "kill resident once",
        "stopped": "stop resident once",
        "kills": "kill resident always",
        "killed_worker": "kill worker once",
        "kills_worker": "kill worker always",
    }
    innocents = [f"innocent{number}" for number in range(6)]
    jobs = [Job(submission(name, what)) for name, what in said.items()]
    jobs += [Job(submission(name)) for name in innocents]
    engine = Cluster(cluster.gate(), patience=15)
    found = [(own.job.submission.student, own.record) for own in engine.grade_all(assignment, jobs)]
    assert sorted(name for name, _ in found) == sorted([*said, *innocents])
    return dict(found)


@pytest.mark.parametrize(
    ("student", "points"),
    [
        ("killed", 10),
        ("stopped", 10),
        ("kills", None),
        ("killed_worker", 10),
        ("kills_worker", None),
        *((f"innocent{number}", 10) for number in range(6)),
    ],
)
def test_what_becomes_of_a_submission_when(unlucky, student, points):
    record = unlucky[student]
    assert record.points == points
    assert record.status == ("broken" if points is None else "graded")


def without_times(text):
    def clean(data):
        if isinstance(data, dict):
            return {k: clean(v) for k, v in data.items() if k not in {"seconds", "started"}}
        return [clean(item) for item in data] if isinstance(data, list) else data

    return clean(json.loads(text))


def by_student(everything):
    for own in everything:
        assert own.text() == store.text(own.record)
        yield own.job.submission.student, without_times(own.text())


def test_records_are_those_of_the_pool_but_for_times(cluster, assignment):
    files = {
        "right": {"sums.py": GOOD, "words.py": GREET},
        "wrong": {
            "sums.py": "def add(a, b): return a * b\n",
            "words.py": "def greet(n): return n\n",
        },
        "raises": {"sums.py": "def add(a, b): raise KeyError(a)\n", "words.py": GREET},
        "forbidden": {"sums.py": "import torch.nn\n" + GOOD, "words.py": GREET},
        "한글": {"sums.py": "def add(a, b): return '더하기'\nimport (\n", "words.py": GREET},
        "nothing": {},
    }
    jobs = [
        Job(Submission(name, name, {k: v.encode() for k, v in own.items()}, [], [], None, "0" * 64))
        for name, own in files.items()
    ]
    here = dict(by_student(Pool(1).grade_all(assignment, jobs)))
    assert here["wrong"]["exercises"][0]["checks"][0]["counterexample"]
    assert dict(by_student(Cluster(cluster.gate()).grade_all(assignment, jobs))) == here


MUTANT = """
why = "the sign"
of = "add"
severity = "wrong"
[[change]]
file = "sums.py"
find = "a + b\\n    return"
replace = "a - b\\n    return"
"""


def test_a_proof_is_that_of_the_pool(cluster, tmp_path):
    there = ["--engine", "dask", "--scheduler", str(cluster.file), *cluster.tls]
    proofs = []
    for place, options in {"pool": [], "cluster": there}.items():
        course = write_course(tmp_path / place)
        tiny = course / "assignments" / "tiny"
        written = {
            "mutants/sign.toml": MUTANT,
            "variants/other/variant.toml": 'why = "the other way round"',
            "variants/other/sums.py": "def add(a, b): return b + a\n",
        }
        for name, text in written.items():
            (tiny / name).parent.mkdir(parents=True, exist_ok=True)
            (tiny / name).write_text(text)
        words = ["-m", "grader", "--lang", "en", "--course", str(course), "verify", "tiny"]
        done = run([sys.executable, *words, *options])
        assert done.returncode == 0, done.stdout + done.stderr
        learnt = [(tiny / name).read_text() for name in ("answers.json", "mistakes.json")]
        proofs.append((done.stdout, learnt))
    assert proofs[0] == proofs[1]


# Wants what a cluster has, and knows where it is. What it gets begins with the way it took.
SPY = """
import os, socket
SECRETS = "PLANTED", "--tls-key", ".pem"


def tried(way, what, get):
    try:
        if get():
            yield f"{{way}} {{what}}"
    except OSError:
        pass


def connects(port):
    socket.create_connection(("127.0.0.1", port), 5).close()
    return True


def holds(text):
    return any(secret in text for secret in SECRETS)


def read(path):
    with open(path, errors="replace") as file:
        return file.read()


def listed(path):
    try:
        return os.listdir(path)
    except OSError:
        return []


def is_line(fd):
    with socket.socket(fileno=os.dup(fd)) as found:
        return found.family in (socket.AF_INET, socket.AF_INET6)


def gets():
    for port in {ports}:
        yield from tried("port", port, lambda: connects(port))
    for path in {paths}:
        yield from tried("path", path, lambda: [os.listdir(path) if os.path.isdir(path) else read(path)])
    for name in os.environ:
        yield from tried("variable", name, lambda: holds(os.environ[name]))
    for pid in filter(str.isdigit, listed("/proc")):
        for file in ("environ", "cmdline"):
            yield from tried(file, pid, lambda: holds(read(f"/proc/{{pid}}/{{file}}")))
    for fd in map(int, listed("/proc/self/fd")):
        yield from tried("descriptor", fd, lambda: is_line(fd))


def add(a, b):
    got = list(gets())
    assert not got, got
    return a + b
"""


def test_a_student_reaches_nothing_of_a_cluster(cluster, assignment, monkeypatch):
    """Neither scheduler, workers, pages and database, nor certificates, addresses and passwords."""
    monkeypatch.setenv("DATABASE", DATABASE)
    gate = cluster.gate()
    with closing(gate.client()) as client, socket.create_server(("127.0.0.1", 0)) as database:
        info = client.scheduler_info()
        parts = [info, *info["workers"].values()]
        ports = [part["services"]["dashboard"] for part in parts]
        addresses = [gate.address, *info["workers"], *(w["nanny"] for w in parts[1:])]
        ports += [int(address.rpartition(":")[2]) for address in addresses]
        ports.append(database.getsockname()[1])
        paths = [str(path) for path in (cluster.home, *cluster.home.glob("*"))]
        spy = SPY.format(ports=ports, paths=paths)
        here = {}
        exec(spy, here)
        ways = Counter(got.partition(" ")[0] for got in here["gets"]())
        assert (ways["port"], ways["path"]) == (len(ports), len(paths))  # for us all that works
        assert min(ways[way] for way in ("variable", "environ", "cmdline", "descriptor")) > 0
        files = {"sums.py": spy.encode(), "words.py": GREET.encode()}
        job = Job(Submission("spy", "", files, [], [], None, "0" * 64))
        [own] = Cluster(gate).grade_all(assignment, [job])
    assert own.record.points == 10, own.text()


def test_two_batches_at_once_of_one_assignment_and_of_two(cluster, assignment, tmp_path):
    other = write_course(tmp_path / "other") / "assignments/tiny"
    other = assignments.load(other, references=tmp_path / "other/reference")
    found = {}

    def grade(name, own):
        jobs = [Job(submission(f"{name}{number}")) for number in range(8)]
        records = [one.record for one in Cluster(cluster.gate()).grade_all(own, jobs)]
        found[name] = {(record.checks_sha256, record.points) for record in records}
        found[f"{name}s"] = len(records)

    batches = [("one", assignment), ("two", assignment), ("three", other)]
    threads = [threading.Thread(target=grade, args=batch) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {
        **{name: {(own.checks_sha256, 10)} for name, own in batches},
        **{f"{name}s": 8 for name, _ in batches},
    }


def test_a_worker_that_cannot_grade_is_named_and_unused_and_one_that_can_is_used(
    assignment, tmp_path
):
    """The only one that can is started when the batch is under way, and the first one leaves."""
    elsewhere = tmp_path / "elsewhere"
    other = elsewhere / "other_version"
    other.mkdir(parents=True)
    for name in ("grader", "tests"):
        (other / name).symlink_to(ROOT / name)
    (other / "grader").unlink()
    shutil.copytree(ROOT / "grader", other / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    with open(other / "grader" / "i18n.py", "a") as file:
        file.write("# of another version\n")
    none = elsewhere / "none"
    (none / "grader").mkdir(parents=True)
    (none / "grader" / "__init__.py").write_text("")
    told = {}

    with live(tmp_path / "dask", workers=1) as cluster:
        with closing(cluster.gate().client()) as client:
            client.wait_for_workers(1)
        cluster.worker(PYTHONPATH=str(other))
        cluster.worker(PYTHONPATH=str(none))
        weak = [sys.executable, "-m", "tests.missing_layers", "landlock", "namespaces", "--"]
        cluster.worker(prefix=weak)
        cluster.worker(pages=":0")

        def jobs():
            for number in range(2000):
                if len(told) == 4:
                    break
                yield Job(submission(f"before{number}"))
            cluster.worker()
            cluster.processes[1].terminate()  # with all that it has under way
            yield from (Job(submission(f"after{number}")) for number in range(6))

        engine = Cluster(cluster.gate(), tell_unfit=lambda unfit: told.update({unfit.code: unfit}))
        given = []
        found = {
            own.job.submission.student: own.record.points
            for own in engine.grade_all(assignment, (given.append(job) or job for job in jobs()))
        }
    assert found == {job.submission.student: 10 for job in given}
    assert sorted(told) == [
        "error.cluster_no_grader",
        "error.cluster_pages",
        "error.cluster_versions",
        "error.weak_jail",
    ]


# --- the scheduler, the network, the client ---


@pytest.fixture
def command(home, assignment, cluster, tmp_path):
    """The call that grades a class of six on the cluster: all but one wait for `go`."""
    (home / "go").unlink(missing_ok=True)
    (home / "wait-here-always").unlink(missing_ok=True)
    for number in range(6):
        own = submission(f"student{number}", "wait here always" if number else 3)
        folder = tmp_path / "submitted" / own.student
        folder.mkdir(parents=True)
        for name, content in own.files.items():
            (folder / name).write_bytes(content)

    def call(running=cluster):
        where = ["--scheduler", str(running.file), *running.tls] if running else []
        words = [sys.executable, "-m", "grader", "--lang", "en", "--course", str(home / "course")]
        words += ["grade", "tiny", str(tmp_path / "submitted"), "-o", str(tmp_path / "out")]
        return [*words, "--engine", "dask", *where]

    return call


def started(command):
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(command):
    return subprocess.run(command, check=False, capture_output=True, text=True)


def graded_in(out):
    return sorted(path.stem for path in (out / "records" / "tiny").glob("*.json"))


def test_a_client_that_is_killed_leaves_nothing_running_and_goes_on(
    command, cluster, home, tmp_path
):
    client = started(command())
    until(lambda: (home / "wait-here-always").exists() and graded_in(tmp_path / "out"))
    assert cluster.residents()
    client.kill()
    client.communicate()
    kept = len(graded_in(tmp_path / "out"))
    until(lambda: not cluster.residents())
    (home / "go").touch()
    done = run(command())
    assert done.returncode == 0, done.stderr
    assert f"{6 - kept} graded, {kept} unchanged" in done.stdout
    assert len(graded_in(tmp_path / "out")) == 6


def test_a_scheduler_that_dies_is_said_in_a_sentence(command, home, tmp_path):
    with live(tmp_path / "dask", workers=1) as mortal:
        client = started(command(mortal))
        until((home / "wait-here-always").exists)
        mortal.scheduler.kill()
        out, err = client.communicate(timeout=60)
        assert client.returncode == 3, out + err
        (told,) = err.splitlines()
        assert "cannot be reached" in told
        until(lambda: not mortal.residents())


def test_what_a_large_class_costs_can_be_measured(tmp_path):
    from bench import scale

    model = Course.find(ROOT).load("hw1")
    parts = scale.run(30, 1, tmp_path, model, small=False)
    assert [(part.name, part.count) for part in parts] == [
        ("engine", 30),
        ("batch", 30),
        ("resume", 30),
        ("merge", 30),
    ]
    assert len(list((tmp_path / "out/records/hw1").glob("*.json"))) == 30


def test_a_network_that_is_gone_for_a_while(cluster, assignment):
    """Lines break, nobody listens for a moment, then all is as before."""
    jobs = [Job(submission(f"student{number}")) for number in range(12)]
    with Relay(cluster.gate().address) as relay:
        through = Gate(f"tls://{relay.address}", cluster.security)
        found = {}
        for own in Cluster(through).grade_all(assignment, jobs):
            found[own.job.submission.student] = own.record.points
            if len(found) == 3:
                relay.interrupt()
    assert relay.interruptions == 1
    assert found == {job.submission.student: 10 for job in jobs}


def test_a_cluster_of_ones_own(command, home, tmp_path):
    (home / "go").touch()
    done = run(command(None))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert len(graded_in(tmp_path / "out")) == 6


def test_nobody_who_can_grade_is_said_and_not_waited_for(assignment, tmp_path):
    told = []
    with live(tmp_path / "dask", workers=0) as cluster:
        cluster.worker(pages=":0")
        engine = Cluster(cluster.gate(), tell_unfit=told.append)
        with pytest.raises(PlatformError) as raised:
            list(engine.grade_all(assignment, [Job(submission("kim"))]))
    assert raised.value.code == "error.cluster_unfit"
    assert [unfit.code for unfit in told] == ["error.cluster_pages"]


# --- what is not said without TLS, and what is not believed ---


@pytest.mark.parametrize(
    ("scheduler", "code"),
    [
        ("tcp://10.0.0.7:8786", "error.cluster_plain"),
        ("tcp://nlp.example:8786", "error.cluster_plain"),
        ("tls://10.0.0.7:8786", "error.cluster_no_certificates"),
        ("scheduler.json", "error.cluster_address"),
        ("http://127.0.0.1:8787", "error.cluster_address"),
        ("tls://", "error.cluster_address"),
    ],
)
def test_an_address_that_is_refused(scheduler, code):
    with pytest.raises(UsageError) as raised:
        Gate(address_in(scheduler), Certificates().security())
    assert raised.value.code == code


def test_a_scheduler_file_that_is_none(tmp_path):
    file = tmp_path / "scheduler.json"
    for text in ("", "[]", '{"address": 7}', "{}"):
        file.write_text(text)
        with pytest.raises(UsageError):
            Gate(address_in(str(file)), Certificates().security())


@pytest.fixture(scope="module")
def honest(assignment):
    """A job, and what came of it."""
    job = Job(submission("kim"))
    [graded] = Pool(1).grade_all(assignment, [job])
    return job, graded.record


CHECK = ("exercises", 0, "checks", 0)
TRACE_OF_NOTHING = {
    "case": "",
    "outcome": "failed",
    "asked": [],
    "answers": [],
    "forms": [],
    "first": "",
    "telling": True,
}
FUNCTION = ("exercises", 0, "functions", 0)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("student",), "lee"),
        (("assignment",), "hw9"),
        (("submission_sha256",), "1" * 64),
        (("checks_sha256",), "1" * 64),
        (("settings_sha256",), "1" * 64),
        (("source",), "lee"),
        (("files", 0, "sha256"), "1" * 64),
        (("environment", "torch"), "0.1"),
        (("possible",), 11),
        (("points",), 9),
        (("points",), "10"),
        (("points",), None),
        (("points",), float("nan")),
        (("extra_points",), 1),
        (("status",), "ungradable"),
        (("status",), "broken"),
        (("problem",), {"code": "empty", "fields": {}}),
        (("problem",), {"code": "platform", "fields": {"reason": "x"}}),
        (("started",), "yesterday"),
        (("seconds",), -1),
        (("lacking",), ["files"]),
        (("exercises",), []),
        (("exercises",), None),
        (("exercises", 0), "left out"),
        (("exercises", 0, "id"), "saying"),
        (("exercises", 0, "points"), 5),
        (("exercises", 0, "possible"), 7),
        (("exercises", 0, "extra"), True),
        (("exercises", 0, "functions"), []),
        ((*FUNCTION, "name"), "greet"),
        ((*FUNCTION, "points"), 5),
        ((*FUNCTION, "possible"), 7),
        (("exercises", 0, "checks"), []),
        (CHECK, "left out"),
        (CHECK, "twice"),
        (CHECK, "last"),
        ((*CHECK, "id"), "add_adds_all"),
        ((*CHECK, "of"), "greet"),
        ((*CHECK, "kind"), "edge"),
        ((*CHECK, "kind"), "typo"),
        ((*CHECK, "public"), False),
        ((*CHECK, "outcome"), "failed"),
        ((*CHECK, "outcome"), "broken"),
        ((*CHECK, "outcome"), "typo"),
        ((*CHECK, "cases"), 0),
        ((*CHECK, "cases"), 1.0),
        ((*CHECK, "cases_passed"), -1),
        ((*CHECK, "seconds"), -1),
        ((*CHECK, "seconds"), 10**400),
        ((*CHECK, "message"), "failed"),
        ((*CHECK, "traces"), [{}]),
        ((*CHECK, "traces"), [TRACE_OF_NOTHING]),
        ((*CHECK, "traces"), [{**TRACE_OF_NOTHING, "answers": ["1"], "forms": ["int"]}]),
        ((*CHECK, "more"), 1),
    ],
)
def test_a_record_that_a_job_cannot_have_is_not_believed(assignment, honest, place, value):
    job, record = honest
    data = json.loads(store.text(record))
    *path, last = place
    inner = data
    for step in path:
        inner = inner[step]
    if isinstance(last, int) and isinstance(value, str):
        own = inner.pop(last)
        inner += {"left out": [], "twice": [own, own], "last": [own]}[value]
    else:
        inner[last] = value
    with pytest.raises(PlatformError) as raised:
        unpacked(zlib.compress(json.dumps(data).encode()), assignment, job)
    assert raised.value.code == "error.cluster_record"


def test_what_is_no_record_is_not_believed(assignment, honest):
    job, record = honest
    whole = packed(record)
    bombs = (zlib.compress(bytes(1 << 29)), np.zeros(3), "text", None, [whole])
    for damaged in (b"", b"{}", whole[:-9], whole[20:], *bombs):
        with pytest.raises(PlatformError):
            unpacked(damaged, assignment, job)
    strangers = [
        '{"error": "SystemExit", "code": "x"}',
        '{"error": 7}',
        '{"error": [], "code": "error.system", "fields": {}}',
        '{"error": "UsageError", "code": "error.of_nobody", "fields": {}}',
        '{"error": "UsageError", "code": 7, "fields": {}}',
        '{"error": "UsageError", "code": "error.shard", "fields": {}}',
        '{"error": "UsageError", "code": "error.shard", "fields": {"code": "x"}}',
    ]
    for text in ("", "[]", "7", *strangers, "{}", "[" * 9999, "\udc80"):
        with pytest.raises(PlatformError) as raised:
            unpacked(zlib.compress(text.encode("utf-8", "surrogatepass")), assignment, job)
        assert raised.value.code == "error.cluster_record", text


@pytest.mark.parametrize("value", [[1], {"a": 1}, None, 7])
def test_an_error_of_a_worker_is_words_whatever_it_sends(assignment, honest, value):
    told = {"error": "PlatformError", "code": "error.system", "fields": {"reason": value}}
    with pytest.raises(PlatformError) as raised:
        unpacked(zlib.compress(json.dumps(told).encode()), assignment, honest[0])
    assert str(value) in str(raised.value)


def test_every_record_that_a_job_can_have_is_believed(assignment):
    whole = submission("kim")
    lost = replace(
        whole, files={}, problem=Message("empty"), notes=[Message("empty", {"x": "\udc80"})]
    )
    jobs = [
        Job(whole),
        Job(lost),
        Job(whole, ("saying",)),
        Job(whole, without_checks=frozenset({"add_adds"})),
        Job(whole, too_heavy=frozenset({"adding"})),
        Job(submission("kim", "wrong"), way=Way.CORE),
        Job(whole, way=Way.CORE),
        Job(submission("kim", "wrong"), way=Way.BUG),
    ]
    found = [(own.job, own.record) for own in Pool(1).grade_all(assignment, jobs)]
    found.append((jobs[0], given_up(assignment, jobs[0])))
    assert len(found) == len(jobs) + 1
    for job, record in found:
        sent = unpacked(packed(record), assignment, job)
        assert sent.record == record
        assert sent.text().encode() == store.text(record).encode("utf-8", "backslashreplace")


def test_a_worker_that_lies_is_asked_once_more_and_then_believed_nothing(assignment, tmp_path):
    wrong = replace(submission("wrong"), files={**submission("wrong").files, "words.py": b""})
    with live(tmp_path / "dask", workers=0) as cluster:
        cluster.worker("--preload", "tests.grading.lying_worker", PYTHONPATH=str(ROOT))
        graded = Cluster(cluster.gate()).grade_all(assignment, [Job(wrong), Job(submission("kim"))])
        found = {own.job.submission.student: own.record for own in graded}
    assert {name: record.points for name, record in found.items()} == {"wrong": None, "kim": 10}
    assert "is not the record" in found["wrong"].problem.fields["reason"]


NO_CORE = {"worker": "tls://a:1", "code": "error.cluster_no_core", "fields": {}}


def test_a_worker_says_why_it_cannot_grade():
    assert unfit(NO_CORE) == Unfit("tls://a:1", "error.cluster_no_core", {})
    assert unfit({"worker": "tls://a:1", "seats": 3}) is None


@pytest.mark.parametrize(
    "nonsense",
    [
        {**NO_CORE, "code": "error.of_a_newer_grader"},
        {**NO_CORE, "code": "error"},
        {**NO_CORE, "code": "message.exited"},
        {**NO_CORE, "code": ["error.cluster_no_core"]},
        {**NO_CORE, "code": "error.cluster_versions"},  # without what its sentence needs
        {**NO_CORE, "fields": [1]},
        {**NO_CORE, "fields": {"code": 1, "lang": 2}},
        {"code": "error.cluster_no_core"},
        {"code": "error.cluster_no_core", "fields": None, "worker": ["x"] * 9999},
    ],
)
def test_a_worker_that_talks_nonsense_is_named_all_the_same(nonsense):
    told = unfit(nonsense)
    assert len(told.worker) <= 500
    for lang in ("en", "ko"):
        assert translate(told.code, lang, **told.fields)


@pytest.mark.parametrize("event", [None, "code", ["code"], 7, {}])
def test_what_says_nothing_of_a_worker_is_passed_over(event):
    assert unfit(event) is None


def test_an_error_comes_back_as_itself(assignment):
    for error in (PlatformError("error.system", reason=7), UsageError("error.shard", found="x")):
        with pytest.raises(type(error)) as raised:
            unpacked(packed_error(error), assignment, Job(submission("kim")))
        assert (raised.value.code, raised.value.fields) == (error.code, error.fields)


def test_the_checks_are_unpacked_for_us_alone(assignment, tmp_path):
    folder, there = bundle.unpack(bundle.pack(assignment), tmp_path)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert there.check_files() == sorted(folder.rglob("test_*.py"))
    assert there.reference_files() == assignment.reference_files()


def test_checks_that_arrive_damaged_are_removed(assignment, tmp_path):
    content = bundle.pack(replace(assignment, checks_sha256="of other checks")).content
    with pytest.raises(PlatformError, match="damaged"):
        bundle.unpack(bundle.Bundle(content), tmp_path)
    with pytest.raises(tarfile.ReadError):
        bundle.unpack(bundle.Bundle(content[:60]), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_always_comes_back_is_given_up():
    attempt, given = Attempt(Job(submission("kim"))), 0
    while (attempt := attempt.given_back()) is not None:
        given += 1
    assert given == MOST_RETURNS + ATTEMPTS - 1


def test_cores_are_claimed_by_one_process_and_given_back():
    other = """
import os, sys
from grader.grading.engines.cores import OURS
print(OURS.claim(os.cpu_count()), flush=True)
sys.stdin.read()
"""
    here = Seats()
    ours = here.claim(1)
    child = subprocess.Popen(
        [sys.executable, "-c", other], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    theirs = int(child.stdout.readline())
    assert ours + theirs <= len(os.sched_getaffinity(0))
    assert here.claim(ours + theirs) == ours
    child.communicate("")
    assert here.claim(ours + theirs) == ours + theirs
    here.release()
    here.release()
    here.release()
    again = Seats()
    assert again.claim(ours + theirs) == ours + theirs
    again.release()


def test_what_is_missing_is_named_with_its_install_line(command):
    code = "import sys; sys.modules['distributed'] = None; from grader.cli.main import main; main()"
    done = run([sys.executable, "-c", code, *command(None)[3:]])
    assert done.returncode == 2
    assert "pip install 'grader[dask]'" in done.stderr
    assert "Traceback" not in done.stderr


# here, since clusters side by side would claim one another's cores
def test_jobs_go_to_machines_with_a_gpu(mixed, tmp_path):
    device = f"nvidia{os.getpid()}"  # whatever seats others have on this machine
    dev = tmp_path / "dev"
    dev.mkdir()
    for file in (device, *nvidia.DRIVER):
        (dev / file).touch()
    (tmp_path / "sitecustomize.py").write_text(test_gpu.PRETENDS.format(dev=str(dev)))
    (mixed.folder / "checks/hidden/test_more.py").write_text(
        test_gpu.SEATS.format(name=f"grader-gpu-{device}-")
        + test_gpu.ON_A_GPU
        + "\n\ndef test_add_adds_arrays(student): pass\n"
    )
    own = assignments.load(mixed.folder)
    with live(tmp_path / "dask", workers=0) as cluster:
        cluster.worker(PYTHONPATH=str(tmp_path))
        with closing(cluster.gate().client()) as client:

            def fit():
                workers = client.scheduler_info(n_workers=-1)["workers"].values()
                return sum(bool(worker["resources"]) for worker in workers)

            def jobs():
                for number in range(9):
                    if number == 4:  # until then only one is there
                        cluster.worker()
                        until(lambda: fit() == 2)
                    yield Job(test_gpu.submission(f"student{number}"))

            graded = list(Cluster(cluster.gate(), memo=False).grade_all(own, jobs()))
    assert {own.record.points for own in graded} == {10}
    assert len(graded) == 9

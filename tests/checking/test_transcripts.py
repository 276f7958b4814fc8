"""What every check has judged before need not be judged again, and nothing else passes."""

import dataclasses

import pytest

from grader.boundary import wire
from grader.boundary.channel import RawReply
from grader.checking.conversation import Step
from grader.checking.transcripts import Transcripts
from grader.errors import AssignmentInvalid
from grader.grading.engines.local import Pool
from grader.grading.worker import Job
from grader.intake.read import Submission
from grader.records.outcome import Outcome

RAN = "from pathlib import Path\nRAN = Path(__file__).with_name('ran')\n"
CHECK = (
    RAN
    + """
def test_add_adds(student):
    with RAN.open("a") as file:
        file.write("x")
    assert student.sums.add(1, 2) == 3
"""
)
RIGHT = "def add(a, b): return a + b\n"
GREET = "def greet(name): return f'Hello {name}'\n"


@pytest.fixture
def ran(course):
    """How often the public check ran; `check` replaces its body."""
    path = course / "assignments" / "tiny" / "checks" / "public" / "test_sums.py"
    path.write_text(CHECK, encoding="utf-8")

    class Ran:
        def check(self, text):
            path.write_text(RAN + text, encoding="utf-8")

        def times(self):
            file = path.with_name("ran")
            return len(file.read_text()) if file.exists() else 0

    return Ran()


def graded(tiny, *sources, memo=True, prove=False):
    """The records of submissions with these `sums.py`, graded one after another."""
    jobs = []
    for number, source in enumerate(sources):
        files = {"sums.py": source.encode(), "words.py": GREET.encode()}
        jobs.append(Job(Submission.in_memory(f"s{number}", files), prove_steady=prove))
    return [graded.record for graded in Pool(1, memo=memo).grade_all(tiny, jobs)]


def outcomes(record, check="add_adds"):
    return [c.outcome for e in record.exercises for c in e.checks if c.id == check]


def without_times(record):
    plain = dataclasses.asdict(dataclasses.replace(record, started="", seconds=0.0))
    for exercise in plain["exercises"]:
        for part in (exercise, *exercise["checks"]):
            part["seconds"] = 0.0
    return plain


def test_the_same_replies_are_judged_once(tiny, ran):
    records = graded(tiny, RIGHT, RIGHT, "def add(a, b):\n    return b + a\n")
    assert [record.points for record in records] == [10, 10, 10]
    assert ran.times() == 1


def test_without_the_memo_every_submission_is_judged(tiny, ran):
    graded(tiny, RIGHT, RIGHT, memo=False)
    assert ran.times() == 2


def test_what_is_wrong_is_judged_by_pytest_with_the_same_words(tiny, ran):
    ran.check("""
def test_add_adds(student):
    assert student.sums.add(1, 2) == 3
    assert [student.sums.add(1, n) for n in (1, 2, 3)] == [2, 3, 4]
""")
    sources = (
        RIGHT,
        "def add(a, b): return a + b if b != 3 else 5\n",
        "def add(a, b):\n    print('so far')\n    return 1 // (2 - b)\n",
        "def add(a, b):\n    import os\n    os._exit(3)\n",
        "def add(a, b):\n    while True: pass\n",
        "def add(a, b): pass\n",
        "def plus(a, b): return a + b\n",
        "def add(a, b): return object()\n",
        "def add(a, b) return a + b\n",
        RIGHT,
    )
    with_memo, without = graded(tiny, *sources), graded(tiny, *sources, memo=False)
    assert list(map(without_times, with_memo)) == list(map(without_times, without))
    assert "At index 2 diff: 5 != 4" in str(with_memo[1])


NEARLY = [  # what one answers, what another answers, what the check wants
    ("0.0", "-0.0", "math.copysign(1, value) == 1"),
    ("True", "1", "value is True"),
    ("[1, 2]", "(1, 2)", "type(value) is list"),
    ("{'a': 1}", "{'a': 1.0}", "type(value['a']) is int"),
    ("'한'", "'\\u1112\\u1161\\u11ab'", "len(value) == 1"),
    ("nan(0)", "nan(1)", "value.tobytes()[0] == 0"),
    ("np.ones((2, 3))", "np.ones((3, 2))", "value.shape == (2, 3)"),
    ("np.arange(4)", "np.arange(8)[::-2]", "value[0] == 0"),
    ("np.ones(2)", "np.ones(2, 'float32')", "value.dtype == 'float64'"),
]


def test_a_reply_that_is_nearly_the_same_is_another(tiny, ran):
    ran.check(f"""
import math
import pytest

@pytest.mark.parametrize("n", range({len(NEARLY)}))
def test_add_adds(student, n):
    value = student.sums.add(n, None)
    assert eval({[wanted for _, _, wanted in NEARLY]}[n])
""")
    begin = """
import numpy as np
def nan(last): return np.frombuffer(bytes([last, 0, 0, 0, 0, 0, 0xF8, 0x7F]))
def add(a, b): return a + b if b is not None else"""
    sources = [f"{begin} [{', '.join(values)}][a]\n" for values in zip(*NEARLY, strict=True)]
    first, other, again = graded(tiny, sources[0], sources[1], sources[0])
    [found] = [c for e in other.exercises for c in e.checks if c.id == "add_adds"]
    assert outcomes(first) == outcomes(again) == [Outcome.PASSED]
    assert (found.cases, found.cases_passed) == (len(NEARLY), 0)


def test_the_first_unknown_reply_wakes_the_check_in_the_middle(tiny, ran):
    ran.check("""
def test_add_adds(student):
    with RAN.open("a") as file:
        file.write("x")
    first = student.sums.add(1, 2)
    assert student.sums.add(first, 1) in (4, 5)
    assert student.sums.add(first, 2) == 5
""")
    other = "def add(a, b): return a + b + (a == 3 and b == 1)\n"
    last = "def add(a, b): return a + b + (a == 3)\n"
    records = graded(tiny, RIGHT, other, other, last)
    found = [outcomes(record) for record in records]
    assert found == [[Outcome.PASSED]] * 3 + [[Outcome.FAILED]]
    assert ran.times() == 4  # the first, the second once, the last by itself and by pytest


def test_objects_that_stay_with_the_student_are_known_by_number(tiny, ran):
    ran.check("""
def test_add_adds(student):
    box = student.sums.Box(2)
    other = student.sums.Box(3)
    assert other.plus(box) == 5
    assert box.value == 2
""")
    box = """
class Box:
    def __init__(self, value): self.value = value
    def plus(self, other): return {}
def add(a, b): return a + b
"""
    plus = ("self.value + other.value", "other.value + self.value", "2 * self.value")
    found = [outcomes(record) for record in graded(tiny, *map(box.format, plus))]
    assert found == [[Outcome.PASSED], [Outcome.PASSED], [Outcome.FAILED]]


def test_an_object_among_the_modules_attributes(tiny, ran):
    ran.check("""
def test_add_adds(student):
    assert student.sums.count.more() == 1
    assert student.sums.count.more() == 2
    assert student.sums.NAME == "Kim"
""")
    count = """
class Count:
    n = 0
    def more(self): self.n += {}; return self.n
count, NAME = Count(), "Kim"
def add(a, b): return a + b
"""
    right, slip = count.format(1), count.format("1 + self.n")
    found = [outcomes(record) for record in graded(tiny, right, right, slip)]
    assert found == [[Outcome.PASSED], [Outcome.PASSED], [Outcome.FAILED]]


UNSTEADY = """
def test_add_adds(student):
    import time
    n = time.perf_counter_ns()
    assert student.sums.add(n, 1) == n + 1
"""


def test_a_check_that_asks_otherwise_is_run_every_time(tiny, ran):
    ran.check(UNSTEADY)
    wrong = "def add(a, b): return a - b\n"
    found = [outcomes(record) for record in graded(tiny, RIGHT, RIGHT, wrong, RIGHT)]
    assert found == [[Outcome.PASSED], [Outcome.PASSED], [Outcome.FAILED], [Outcome.PASSED]]


def test_what_a_check_draws_is_the_same_every_time(tiny, ran):
    ran.check("""
import random
import numpy as np

def test_add_adds(student):
    with RAN.open("a") as file:
        file.write("x")
    n = random.random() + np.random.rand()
    assert student.sums.add(n, 1) == n + 1
""")
    assert [record.points for record in graded(tiny, RIGHT, RIGHT)] == [10, 10]
    assert ran.times() == 1


def test_a_check_that_asks_otherwise_is_named_by_the_proof(tiny, ran):
    graded(tiny, RIGHT, prove=True)
    ran.check(UNSTEADY)
    with pytest.raises(AssignmentInvalid, match="add_adds"):
        graded(tiny, RIGHT, prove=True)


def test_a_check_with_a_fixture_or_a_mark_of_its_own_is_left_to_pytest(tiny, ran):
    ran.check("""
import pytest

@pytest.fixture
def three():
    with RAN.open("a") as file:
        file.write("x")
    return 3

def test_add_adds(student, three):
    assert student.sums.add(1, 2) == three
""")
    assert [record.points for record in graded(tiny, RIGHT, RIGHT)] == [10, 10]
    assert ran.times() == 2


def test_a_student_fixture_of_the_check_files_own_counts(tiny, ran):
    ran.check("""
import pytest

@pytest.fixture
def student(student):
    return student.sums

def test_add_adds(student):
    assert student.add(1, 2) == 3
""")
    assert [record.points for record in graded(tiny, RIGHT, RIGHT)] == [10, 10]


def test_a_flood_of_large_replies_is_not_held(tiny, ran):
    ran.check("""
def test_add_adds(student):
    for n in range(9):
        assert student.sums.add(1, n)[0] == 1 + n, n
""")
    flood = """
import numpy as np
def add(a, b):
    if not isinstance(b, int): return a + b
    return np.full(1 << 20, float(a + b) if b < {} else 0.0)
"""
    found = [outcomes(record) for record in graded(tiny, flood.format(9), flood.format(8))]
    assert found == [[Outcome.PASSED], [Outcome.FAILED]]


def raw(reply, number=1, uses=()):
    known = RawReply.of(*reply, list(uses))
    return RawReply(number, known.header.replace(b'"v":[1,', b'"v":[%d,' % number, 1), known.body)


def test_a_digest_names_all_but_the_number():
    reply = ("value", [1.5, "x", b"body"])
    assert raw(reply, 1).digest() == raw(reply, 22).digest()
    assert raw(reply).digest() != raw(("value", [1.5, "x", b"bodY"])).digest()
    assert RawReply(2, raw(reply, 1).header, b"").digest() is None


def test_a_reply_that_tells_of_forbidden_names_is_never_known():
    assert raw(("value", 1), uses=[["sums.py", 1]]).digest() is None


def test_a_reply_that_our_guest_would_not_write_is_never_known():
    reply = raw(("value", 1))
    assert RawReply(1, reply.header.replace(b",", b", "), reply.body).digest() is None


def test_a_full_memory_keeps_what_it_has(tiny):
    room = 1000
    known = Transcripts(room)
    for number in range(20):
        question = wire.encode(("call", "sums", "add", (number,), {}))
        known.keep(f"case{number}", [Step(question, raw(("value", number)))])
    held = sum(len(node.after) for node in known._cases.values())
    assert 0 < held < 20


def test_a_path_that_goes_on_after_a_pass_is_forgotten():
    known = Transcripts()
    steps = [Step(wire.encode(("call", n)), raw(("value", n))) for n in (1, 2)]
    known.keep("case", steps)
    known.keep("case", steps[:1])
    assert "case" not in known._cases
    known.keep("case", steps)
    assert "case" not in known._cases

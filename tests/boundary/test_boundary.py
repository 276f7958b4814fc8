"""How student code can end, each provoked for real in a guest of its own."""

import os
import time
from pathlib import Path

import pytest
import torch

from grader.boundary import endings, imports, weights
from grader.boundary.endings import Ending, StudentRaised
from grader.boundary.guests import Guests
from grader.boundary.launchers import ForkLauncher, SpawnLauncher
from grader.boundary.submitted import Rules, Searched, Submitted
from grader.checking.conversation import Conversation
from grader.checking.expect import Unmet, expect_left_alone
from grader.checking.student import Object, Student
from grader.course.assignment import Limits
from grader.errors import PlatformError
from grader.records.record import Message
from tests.boundary import dying_guest, loud
from tests.processes import descendants, left_of

LIMITS = Limits(check_seconds=1, import_seconds=1, memory_mb=256, output_kb=4)


@pytest.fixture
def run(launcher):
    """Give a source, get `student` and its process."""
    opened = []

    def start(source, *, seconds=10.0, limits=LIMITS, files=(), using=launcher):
        package = Submitted("pack", {"m.py": source.encode(), **dict(files)})
        process = Guests(using, package, limits)
        process.begin_check(seconds)
        opened.append(process)
        return Student(Conversation(process)), process

    yield start
    for process in opened:
        process.close()


def ending(function, *args):
    with pytest.raises(Ending) as caught:
        function(*args)
    return caught.value


def test_modules_classes_items_lengths_and_methods(run):
    student, _ = run("""
class Box:
    size = 2
    def __init__(self, items): self.items = items
    def __len__(self): return len(self.items)
    def __getitem__(self, key): return self.items[key]
    def twice(self, other): return other.items + self.items
    def __call__(self, x): return x + 1
""")
    box = student.m.Box([1, 2])
    other = student.m.Box(items=[3])
    assert isinstance(box, Object)
    assert box.size == 2
    assert len(box) == 2
    assert box[1] == 2
    assert box(4) == 5
    assert box.twice(other) == [3, 1, 2]
    assert "Box" in repr(box)


@pytest.mark.parametrize("worse", ["push", "draw", "seed"])
def test_a_call_that_leaves_something_else_is_refused(run, worse):
    student, _ = run("""
import random
def peek(items): return items[0]
def push(items): items.append(1)
def draw(items): return random.random()
def seed(items): random.seed(3)
""")
    expect_left_alone(student, student.m.peek, [0])
    with pytest.raises(Unmet, match="argument" if worse == "push" else "generators"):
        expect_left_alone(student, getattr(student.m, worse), [0])


def test_helpers_for_checks(run):
    student, _ = run("""
import random, torch
def push(items): items.append(1); return len(items)
def square(x, n, unused): return (x * x).sum()
def draw(): return random.random()
""")
    assert student.with_arguments(student.m.push, [0]) == (2, [[0, 1]])
    assert student.map(student.m.push, [([],), ([5],)]) == [1, 2]
    x = torch.tensor([1.0, 3.0], dtype=torch.float64)
    found = student.gradients(student.m.square, [x, 3], unused=x)
    assert found.result.item() == 10
    assert [gradient.tolist() for gradient in found.by_argument] == [[2, 6]]
    assert found.by_parameter == []
    before = student.generators(seed=3)
    assert student.generators() == before
    student.m.draw()
    assert student.generators() != before


def test_gradients_of_a_modules_parameters(run):
    student, _ = run("""
import torch
class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(3, 2, sparse=True)
        self.unused = torch.nn.Parameter(torch.ones(1))
        self.frozen = torch.nn.Parameter(torch.ones(1), requires_grad=False)
    def forward(self, ids): return 2 * self.table(ids).sum() + self.frozen.sum()
    def ends(self): return self.unused.sum().item()
""")
    model = student.m.Model()
    found = student.gradients(model.forward, [torch.tensor([0, 2, 2])], modules=[model])
    assert found.result.shape == ()
    assert found.by_argument == []
    (gradients,) = found.by_parameter
    assert {name: gradient.tolist() for name, gradient in gradients.items()} == {
        "table.weight": [[2, 2], [0, 0], [4, 4]],
        "unused": [0],
    }
    with pytest.raises(ValueError, match="not a single number"):
        student.gradients(model.ends, [])


def test_steps_tell_a_loop_from_one_operation(run):
    student, _ = run("""
import torch
def one(x): return (x * 2).sum()
def loop(x): return sum(helper(row) for row in x)
def helper(row): return (row * 2).sum()
def fails(x): raise ValueError("x")
""")
    small, large = torch.ones(2, 3), torch.ones(20, 3)
    value, steps = student.steps(student.m.one, large)
    assert value == 120
    assert 0 < steps == student.steps(student.m.one, small)[1]
    value, steps = student.steps(student.m.loop, large)
    assert value == 120
    assert steps > 5 * student.steps(student.m.loop, small)[1]
    with pytest.raises(ValueError, match="x"):
        student.steps(student.m.fails, small)
    assert student.m.one(small) == 12  # and nothing is traced any more


def test_on_meta_a_tensor_of_the_cpu_is_found(run):
    student, _ = run("""
import torch
class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 2)
        self.wrong = torch.zeros(2)  # no buffer: it stays behind
    def forward(self, x): return self.linear(x), {"ids": torch.arange(len(x), device=x.device)}
    def forgetful(self, x): return self.linear(x) + self.wrong
    def silent(self, x): return x @ torch.zeros(3, 2)
def good(x, y=None): return x + torch.zeros(3, device=x.device) if y is None else [x * y]
def mixed(x): return x + torch.zeros(3)
def made_here(x): return torch.zeros(x.shape)
def filled(x):
    table = torch.zeros(x.shape, dtype=x.dtype)
    for row in range(len(x)): table[row] = x[row]
    return table
def reads(x): return x + float(x.sum()) + torch.zeros(3)
""")
    x, model = torch.ones(4, 3, dtype=torch.float64), student.m.Model()
    assert student.on_meta(student.m.good, x).equal(torch.zeros_like(x))
    assert student.on_meta(student.m.good, x, y=x)[0].dtype == torch.float64
    output, beside = student.on_meta(model.forward, torch.ones(4, 3))
    assert (output.shape, beside["ids"].dtype) == ((4, 2), torch.int64)
    assert student.on_meta(model, torch.ones(4, 3))[0].shape == (4, 2)
    for wrong in (student.m.mixed, model.forgetful, model.silent):
        with pytest.raises(RuntimeError, match="device"):
            student.on_meta(wrong, torch.ones(4, 3))
    for wrong in (student.m.made_here, student.m.filled):
        with pytest.raises(AssertionError, match="must stay on the device"):
            student.on_meta(wrong, x)
    assert student.on_meta(student.m.reads, x) is None  # numbers are read: nothing is decided
    assert model(torch.ones(4, 3))[0].shape == (4, 2)  # the model itself stays where it was


def test_gradients_of_a_result_that_is_no_scalar(run):
    student, _ = run("""
import torch
class Scale(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.by = torch.nn.Parameter(torch.tensor([2.0, 3.0]))
        self.again = self.by
        self.frozen = torch.nn.Parameter(torch.ones(1), requires_grad=False)
        self.unused = torch.nn.Parameter(torch.ones(2))
    def forward(self, x, n): return self.by * x, "about x", x
def double(x): return 2 * x
""")
    x, weights = torch.tensor([5.0, 7.0]), torch.tensor([1.0, 10.0])
    scale = student.m.Scale()
    found = student.gradients(scale.forward, [x, 3], [weights, None], modules=[scale])
    result, text, _ = found.result
    assert (result.tolist(), text) == ([10, 21], "about x")
    assert [gradient.tolist() for gradient in found.by_argument] == [[2, 30]]
    (by_name,) = found.by_parameter
    assert {name: g.tolist() for name, g in by_name.items()} == {"by": [5, 70], "unused": [0, 0]}
    found = student.gradients(student.m.double, [x], [weights])
    assert found.result.tolist() == [10, 14]
    assert found.by_argument[0].tolist() == [2, 20]
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        student.gradients(student.m.double, [x], [torch.ones(1)])


def test_a_result_may_stay_with_the_student(run):
    student, _ = run("""
from typing import NamedTuple
class State(NamedTuple):
    count: int
def begin(): return State(1)
def advance(state): return state.count, State(state.count + 1)
""")
    state = student.keep(student.m.begin, [])
    assert isinstance(state, Object)
    for expected in (1, 2, 3):
        count, state = student.keep(student.m.advance, [state], part=1)
        assert count == expected
    assert ending(lambda: student.keep(student.m.begin, [], part=3)).outcome == "raised"


MODULES = """
import torch
from torch import nn
class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([2.0, 3.0]))
    def forward(self, x, state):
        return x * self.weight, {"h": [state[0] + x], "steps": 1}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells = nn.ModuleList([Cell()])
    forward = None
def cut(state): return tuple(part.detach() for part in state)
"""


def test_modules_in_modules_and_their_gradients(run):
    student, _ = run(MODULES, seconds=20)
    net = student.m.Net()
    cell = net.cells[0]
    assert cell.weight.tolist() == [2, 3]
    x, h, c = torch.tensor([5.0, 7.0]), torch.zeros(2), torch.ones(2)
    cotangents = [torch.tensor([1.0, 10.0]), torch.tensor([100.0, 100.0])]
    found = student.gradients(cell, [x, (h, c)], cotangents, [cell, net])
    assert found.result[0].tolist() == [10, 21]
    by_argument = [g if g is None else g.tolist() for g in found.by_argument]
    assert by_argument == [[102, 130], [100, 100], None]
    names = [(name, g.tolist()) for by_name in found.by_parameter for name, g in by_name.items()]
    assert names == [("weight", [5, 70]), ("cells.0.weight", [5, 70])]
    found = student.gradients(cell.forward, [x, (h, c)], cotangents)
    assert found.by_argument[0].tolist() == [102, 130]
    with pytest.raises(ValueError, match="2 float tensors"):
        student.gradients(cell.forward, [x, (h, c)], cotangents[:1])


@pytest.mark.parametrize(
    ("made", "code", "fields"),
    [
        ("self.a = torch.zeros(2, 3)", "weights_unknown", {"names": "a"}),
        ("self.b = self.a = torch.zeros(2, 3)", "weights_unknown", {"names": "a, b"}),
        ("self.a = nn.Parameter(torch.zeros(3, 2))", "weights_shape",
         {"name": "a", "got": "(3, 2)", "want": "(2, 3)"}),
        ("self.a = nn.Parameter(torch.zeros(3))", "weights_shape",
         {"name": "a", "got": "(3,)", "want": "(2, 3)"}),
        ("self.a = nn.Parameter(torch.tensor(3.))", "weights_shape",
         {"name": "a", "got": "()", "want": "(2, 3)"}),
        ("self.a = nn.Parameter(torch.zeros(2, 3)); self.c = nn.Linear(1, 1)", "weights_missing",
         {"names": "c.weight, c.bias"}),
    ],
)  # fmt: skip
def test_weights_that_do_not_fit_are_told_in_words_of_the_module(run, made, code, fields):
    student, _ = run(f"""
import torch
from torch import nn
class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        {made}
""")
    given = {name: torch.ones(2, 3) for name in ("a", "b")[: 1 + ("a, b" in str(fields))]}
    cell = student.m.Cell()
    message = ending(lambda: cell.load_state_dict(given)).message
    assert (message.code, message.fields) == (code, {"module": "Cell", **fields})


def test_words_made_to_cost_time_cost_little():
    said = "Error(s) in loading state_dict for A:\n"
    size = " torch.Size([" * 20_000
    started = time.process_time()
    for text in ("size mismatch for a: " + size, "size mismatch for a:" * 9_000, "\n" * 90_000):
        assert weights.misfit(said + text) is None
    assert imports._newer("type x" + " x" * 50_000) is None
    assert imports._newer("type a" + "a" * 99_000) is None
    assert time.process_time() - started < 1


def test_what_was_detached_has_no_gradient(run):
    student, _ = run(MODULES, seconds=20)
    ones = torch.ones(2)
    found = student.gradients(student.m.cut, [(ones, ones)], [ones, ones])
    assert [part.tolist() for part in found.result] == [[1, 1], [1, 1]]
    assert found.by_argument == [None, None]


def test_what_stays_with_the_student_is_an_argument_without_a_gradient(run):
    student, _ = run("""
import torch
def begin(): return torch.ones(2), 3
def advance(state, x): return state[0] * x * state[1]
""")
    x = torch.tensor([5.0, 7.0])
    state = student.keep(student.m.begin, [])
    found = student.gradients(student.m.advance, [state, x], [torch.ones(2)])
    assert [gradient.tolist() for gradient in found.by_argument] == [[3, 3]]


def test_generators_are_the_same_at_the_start_of_every_check(run):
    student, process = run("import random\ndef draw(): return random.random()")
    first = student.m.draw()
    assert student.m.draw() != first
    process.begin_check(1.0)
    assert student.m.draw() == first


def test_an_exception_arrives_as_the_builtin_it_is(run):
    student, _ = run("""
class Mine(ValueError): pass
def mine(): raise Mine("no alpha")
def key(): return {}["a"]
def file(): open("/nowhere")
""")
    with pytest.raises(ValueError, match="no alpha") as caught:
        student.m.mine()
    assert isinstance(caught.value, StudentRaised)
    assert caught.value.message.fields["where"] == "pack/m.py, line 3"
    with pytest.raises(KeyError):
        student.m.key()
    assert ending(student.m.file).outcome == "raised"


ENDINGS = {
    "def f(): raise NotImplementedError": "unanswered",
    "def f(): 1 / 0": "raised",
    "def f(): return f()": "raised",
    "def f():\n while True: pass": "timeout",
    "def f(): input()": "raised",
    "import time\ndef f(): time.sleep(99)": "timeout",
    "def f():\n while True: print('x' * 1000)": "timeout",
    "import signal\nsignal.signal(15, signal.SIG_IGN)\ndef f():\n while True: pass": "timeout",
    "def f(): return bytearray(1 << 30)": "memory",
    "import torch\ndef f(): return torch.zeros(1 << 28)": "memory",
    "import numpy\ndef f(): return numpy.ones(1 << 28)": "memory",
    "import os\ndef f(): os._exit(0)": "crashed",
    "import sys\ndef f(): sys.exit(0)": "crashed",
    "def f(): raise KeyboardInterrupt": "raised",
    "import os\ndef f(): os.kill(os.getpid(), 11)": "crashed",
    "import os\ndef f(): os.kill(os.getpid(), 40)": "crashed",  # a signal without a name
    "from grader.boundary.guest import exceptions\nexceptions.describe = lambda *a: {'bases': 5, 'text': []}\ndef f(): 1 / 0": "raised",
    "import os\ndef f(): os.closerange(3, 100)": "crashed",
    "import os, time\ndef f(): os.closerange(3, 100); time.sleep(9)": "crashed",
    "import os\ndef f():\n for fd in range(3, 20):\n  try: os.write(fd, b'junk' * 10)\n  except OSError: pass": "unreadable",
    "class E(Exception):\n def __str__(self):\n  while True: pass\ndef f(): raise E": "timeout",
    "class E(Exception):\n def __str__(self): import os; os._exit(0)\ndef f(): raise E": "crashed",
    "def f(): return 1 << 9999": "unreadable",
    "def f():\n a = []; a.append(a); return a": "unreadable",
    "import numpy\ndef f(): return numpy.array([object()])": "unreadable",
    "from grader.boundary import wire\nwire.encode = lambda *a: b'\\xff' * 50\ndef f(): return 1": "unreadable",
    "from grader.boundary import wire\nold = wire.encode\nwire.encode = lambda v, *a: old((v[0] - 1, *v[1:]), *a)\ndef f(): return 1": "unreadable",
    "from grader.boundary import wire\nwire.encode = lambda *a: wire.PREFIX.pack(100, 0) + b'x'\ndef f(): return 1": "timeout",
}


FORGED = {
    # what the guest's own code is made to reply, once the function was found
    "(v[0], 'value', 1)": "unreadable",
    "(v[0], 'value', 1, {})": "unreadable",
    "(v[0],)": "unreadable",
    "(v[0], 'value', [])": "unreadable",
    "(v[0], 'value', 1, 2, [])": "unreadable",
    "(v[0], 'callable', [])": "unreadable",
    "(v[0], 'missing', 'f', [])": "unreadable",
    "(v[0], 'raised', [])": "unreadable",
    "(v[0], 'raised', [], [])": "unreadable",
    "(v[0], 'unreadable', {}, [])": "unreadable",
    "(v[0], [1])": "unreadable",
    "(v[0], 'perfect', 1, [])": "unreadable",
    "(str(v[0]), 'value', 1, [])": "unreadable",
    "[v[0], 'value', 1, []]": "unreadable",
    "(v[0], 'raised', {'bases': 3}, [])": "raised",
    "(v[0], 'raised', {'bases': [[1], 'exit', 'ValueError'] * 9999, 'type': 2}, [])": "raised",
    "(v[0], 'raised', {'frames': [(1, 'a', [], ()), 5, (1,), ([], 1, 2, 3)]}, [])": "raised",
    "(v[0], 'raised', {'type': chr(0xd800), 'text': chr(0xdfff), 'memory': 1}, [])": "raised",
}


@pytest.mark.parametrize("reply", FORGED)
def test_a_forged_reply_ends_its_check_and_nothing_else(run, reply):
    student, process = run(f"""
from grader.boundary import wire
old = wire.encode
def forge(v, *a): return old({reply}, *a)
def f(): wire.encode = forge
def g(): return 1
""")
    for use in (
        lambda: student.m.f(),
        lambda: student.with_arguments(student.m.f),
        lambda: student.map(student.m.f, [()]),
        lambda: student.gradients(student.m.f, []),
    ):
        process.begin_check(1.0, fresh=True)
        assert ending(use).outcome == FORGED[reply]
    process.begin_check(1.0, fresh=True)
    assert student.m.g() == 1


@pytest.mark.parametrize(
    "answer", ["3", "(1,)", "(1, '2')", "(1, [2, 3])", "[1, [2]]", "(1, [2], [3])"]
)
def test_a_helper_that_the_student_replaced(run, answer):
    student, guests = run(f"""
from grader.boundary.guest import verbs
for name in ("with_arguments", "gradients", "map", "steps", "on_meta"):
    verbs.VERBS[name] = lambda *_: ("value", {answer})
def f(): pass
""")
    function = student.m.f
    for use in (
        lambda: student.with_arguments(function, 1),
        lambda: student.gradients(function, [1]),
        lambda: student.map(function, [()]),
        lambda: student.steps(function),
        lambda: student.on_meta(function),
    ):
        guests.begin_check(9.0)
        assert ending(use).outcome == "unreadable"
        guests.begin_check(9.0, fresh=True)
        assert callable(student.m.f)


def test_a_student_cannot_end_the_loop_of_a_check(run):
    student, _ = run("def f(n): raise StopIteration")
    with pytest.raises(StudentRaised):
        list(map(student.m.f, range(3)))


def test_of_a_hostile_error_nothing_is_kept(run):
    student, _ = run("""
from grader.boundary.guest import exceptions
class Mine(ValueError): pass
exceptions.describe = lambda *a: {"type": "x", "bases": [f"b{i}" for i in range(9999)] + ["print", "KeyError"]}
def f(): raise Mine
""")
    with pytest.raises(KeyError):
        student.m.f()
    assert endings._joined.cache_info().currsize <= len(endings._BUILTIN)


def test_a_guest_that_had_to_be_told_was_stopped_by_no_signal_of_its_own(run):
    student, _ = run("import os, time\ndef f(): os.closerange(3, 100); time.sleep(9)")
    assert ending(lambda: student.m.f()).message.code == "exited"


@pytest.mark.parametrize("source", ENDINGS)
def test_ending(run, source):
    student, process = run(source, seconds=1.0)
    assert ending(lambda: student.m.f()).outcome == ENDINGS[source]
    # the next check of the same submission starts in a process that works
    process.begin_check(1.0)
    process.submitted.files["other.py"] = b""  # nothing is kept that could be poisoned
    assert process.request("generators", 1, True)[0] == "value"


def test_a_module_is_not_blamed_for_a_guest_that_is_gone(run):
    student, guests = run("import os\ndef f(): os._exit(0)", files={"other.py": b"x = 1"})
    assert ending(student.m.f).outcome == "crashed"
    assert ending(lambda: student.other.x).outcome == "unreadable"
    guests.begin_check(9.0)
    assert student.other.x == 1


def test_a_submission_meets_hidden_inputs_with_the_first_call_of_a_hidden_check(run):
    student, guests = run("def f(): return 1")
    student.m.f()
    assert not guests.met_hidden
    guests.begin_check(9.0, hidden=True)
    function = student.m.f  # a name, which the handout has
    assert not guests.met_hidden
    function()
    assert guests.met_hidden
    guests.begin_check(9.0, hidden=True)
    assert guests.met_hidden  # the same process
    guests.begin_check(9.0)
    student.m.f()
    assert not guests.met_hidden


def test_a_call_that_ends_the_process_has_met_its_input(run):
    student, guests = run("import os\ndef f(): os._exit(0)")
    guests.begin_check(9.0, hidden=True)
    ending(student.m.f)
    assert guests.met_hidden
    guests.begin_check(9.0, hidden=True)
    assert not guests.met_hidden  # a new process


def test_a_second_request_after_the_end_brings_no_new_process(run):
    student, process = run("import os\ndef f(): os._exit(0)\ndef g(): return 1")
    function, other = student.m.f, student.m.g
    assert ending(function).outcome == "crashed"
    assert ending(other).outcome == "unreadable"
    process.begin_check(1.0)
    assert student.m.g() == 1


@pytest.mark.parametrize(
    "source, outcome, code",
    [
        ("def f(:", "raised", "import_failed"),
        ("1 / 0", "raised", "import_failed"),
        ("import nothing_of_that_name", "raised", "import_failed"),
        ("raise NotImplementedError", "unanswered", "import_unanswered"),
        ("import os; os._exit(0)", "crashed", "exited"),
        ("while True: pass", "timeout", "import_timeout"),
        ("x = bytearray(1 << 30)", "memory", "memory"),
    ],
)
def test_an_import_that_fails_is_paid_for_once(run, source, outcome, code):
    student, process = run(source)
    first = ending(lambda: student.m.f)
    assert (first.outcome, first.message.code) == (outcome, code)
    waited = process.clock.waited
    process.begin_check(1.0)
    assert ending(lambda: student.m.f) is first
    assert process.clock.waited == waited


def test_a_missing_file_or_name_reads_as_not_yet(run):
    student, _ = run("x = 1")
    assert ending(lambda: student.other.f).message.code == "missing_file"
    assert ending(lambda: student.m.f).message.code == "missing"
    assert student.m.x == 1


def test_a_missing_attribute_of_an_object(run):
    student, _ = run("class A: pass")
    assert ending(lambda: student.m.A().tokens).message.code == "missing_attribute"


def test_an_object_is_never_a_value(run):
    student, _ = run("""
class Yes:
    def __eq__(self, other): return True
    def __bool__(self): return True
    def __float__(self): return 1.0
    def __iter__(self): return iter([1])
    def __array__(self, *a, **k): import numpy; return numpy.ones(3)
def f(): return Yes()
""")
    value = student.m.f()
    for use in (
        *(bool, float, list, torch.tensor, lambda v: v < 1, lambda v: 1 in v),
        *(
            lambda v: v == 3,
            lambda v: v != 3,
            lambda v: 3 == v,
            lambda v: v in [3],  # noqa: FURB171
            lambda v: 3 * v,
        ),
    ):
        assert ending(use, value).outcome in {"unreadable", "raised"}
    assert "Yes" in ending(bool, value).detail  # for staff, where a student may not read it
    assert ending(bool, student.m.f).outcome == "unreadable"  # `if model.converged:` forgot ()
    assert ending(lambda f: f != 3, student.m.f).outcome == "unreadable"


@pytest.mark.parametrize("made", ["(x for x in 'ab')", "map(str, [1, 2])", "zip([1], [2])"])
@pytest.mark.parametrize("use", [len, lambda got: got[0], list, lambda got: got == []])
def test_values_that_are_not_there_yet_are_called_that(run, made, use):
    student, _ = run(f"def f(): return {made}")
    assert ending(lambda: use(student.m.f())).message.code == "returned_lazy"


def test_what_is_printed_is_kept_and_cut(run):
    student, process = run(
        "import os\ndef f(n):\n print('안녕'); os.write(2, b'low\\n'); print('x' * n)"
    )
    student.m.f(1)
    assert process.take_output() == "안녕\nlow\nx\n" or process.take_output() == ""
    student.m.f(3_000_000)
    assert len(process.take_output()) <= LIMITS.output_kb << 10
    assert process.take_output() == ""


def test_what_is_printed_before_a_crash_is_kept(run):
    student, process = run("import os\ndef f(): print('last words', flush=True); os._exit(1)")
    ending(lambda: student.m.f())
    assert "last words" in process.take_output()


def test_the_package_imports_its_own_modules_in_every_way(run):
    files = {
        "__init__.py": b"",
        "helpers/__init__.py": b"",
        "helpers/deep.py": b"two = 2",
        "one.py": b"one = 1",
    }
    student, _ = run(
        "from .one import one\nimport pack.helpers.deep as deep\nfrom one import one as bare\n"
        "def f(): return one + deep.two + bare",
        files=files.items(),
    )
    assert student.m.f() == 4


def test_a_file_cannot_shadow_a_library(run):
    files = {"random.py": b"raise SystemExit", "torch.py": b"raise SystemExit", "typing.py": b"1/0"}
    student, _ = run(
        "import random, torch, typing\ndef f(): return random.__name__", files=files.items()
    )
    assert student.m.f() == "random"


def test_korean_source_and_an_old_encoding(run):
    student, _ = run(
        "def 더하기(가, 나): return 가 + 나",
        files={"euc.py": '# 한글\nx = "한글"'.encode("euc-kr")}.items(),
    )
    assert student.m.더하기(1, 2) == 3
    assert ending(lambda: student.euc.x).message.fields["error"] == "SyntaxError"


ODD = '# 한글 주석\ndef f():\n    raise ValueError("window")  # 창\ndef g(): raise NotImplementedError\n'


def test_what_a_file_in_another_encoding_raises_arrives_as_it_is(run):
    student, _ = run("", files={"korean.py": ODD.encode("cp949")}.items())
    with pytest.raises(ValueError, match="window") as caught:
        student.korean.f()
    assert caught.value.message.fields["where"] == "pack/korean.py, line 3"
    assert 'raise ValueError("window")' in caught.value.detail
    assert ending(lambda: student.korean.g()).outcome == "unanswered"


@pytest.mark.parametrize(
    "content",
    [
        ODD.encode("utf-16"),
        b"# coding: nothing-like-it\nx = 1\n",
        b"# coding: hex\nx = 1\n",
        b"# coding: punycode\nx = 1 / 0\n",
        b"x = 1\0\n",
    ],
)
def test_odd_source_ends_its_import_and_not_the_guest(run, content):
    student, guests = run("x = 1", files={"odd.py": content}.items())
    assert ending(lambda: student.odd.f).message.code.startswith("import_")
    guests.begin_check(1.0)
    assert student.m.x == 1


@pytest.mark.parametrize(
    "body",
    [
        "exec(compile('1 / 0', 'pack/m.py', 'exec'), {'__loader__': Odd(), '__name__': 'x'})",
        "raise SyntaxError('x', (object(), 'y', 1, 5))",
        "e = ImportError('x'); e.name = []; raise e",
        "raise Named",
    ],
)
def test_no_exception_is_too_odd_to_be_described(run, body):
    student, _ = run(f"""
class Odd:
    def get_source(self, name): raise ValueError
class Kind(type):
    @property
    def __name__(cls): raise ValueError
class Named(Exception, metaclass=Kind): pass
def f():
    {body}
""")
    assert ending(lambda: student.m.f()).outcome == "raised"


@pytest.mark.parametrize(
    ("base", "outcome"),
    [
        ("SystemExit", "crashed"),
        ("NotImplementedError", "unanswered"),
        ("MemoryError", "memory"),
        ("KeyError", "raised"),
    ],
)
def test_an_odd_exception_ends_a_check_as_what_it_is(run, base, outcome):
    student, _ = run(f"""
class Kind(type):
    @property
    def __name__(cls): raise ValueError
class Named({base}, metaclass=Kind):
    @property
    def __class__(self): raise ValueError
def f(): raise Named
""")
    assert ending(lambda: student.m.f()).outcome == outcome


def test_source_and_tracebacks_name_the_students_file(run):
    student, _ = run(
        "import inspect\ndef f(): return inspect.getsource(f)\ndef g():\n    raise KeyError('k')"
    )
    assert student.m.f().startswith("def f()")
    assert "raise KeyError('k')" in ending(lambda: student.m.g()).detail


def test_a_guest_sees_no_environment_no_descriptor_no_keyboard(run, monkeypatch):
    monkeypatch.setenv("SECRET", "x")
    student, _ = run("""
import os, sys
def environment(): return sorted(os.environ)
def descriptors(): return sorted(int(fd) for fd in os.listdir("/proc/self/fd"))
def folder(): return os.listdir(".")
""")
    assert student.m.environment() == [
        "CUDA_VISIBLE_DEVICES",
        "HOME",
        "LANG",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "TMPDIR",
    ]
    assert len(student.m.descriptors()) == 5  # 0, 1, 2, the wire, and the one that lists
    assert student.m.folder() == []


def test_a_guest_starts_no_process(run):
    student, _ = run("""
import os
def f():
    try:
        return os.fork()
    except OSError as error:
        return type(error).__name__
""")
    assert student.m.f() == "PermissionError"


def test_the_scratch_folder_goes_with_the_guest(run):
    student, process = run("""
import os
def leave(): open("left", "w").write("x")
def look(): return os.listdir()
""")
    student.m.leave()
    assert student.m.look() == ["left"]
    process.close()
    process.begin_check(1.0)
    assert student.m.look() == []


def test_a_check_can_have_a_process_of_its_own(run):
    student, process = run("import os\ndef f(): return os.getpid()")
    first = student.m.f()
    process.begin_check(1.0)
    assert student.m.f() == first
    process.begin_check(1.0, fresh=True)
    second = student.m.f()
    assert second != first
    process.begin_exercise()
    process.begin_check(1.0)
    assert student.m.f() != second


def test_an_import_that_failed_by_the_rules_of_one_exercise_is_tried_in_the_next(run):
    _, process = run("import difflib\ndifflib.get_close_matches('a', ['b'])")

    def judge(uses):
        return Message("forbidden") if uses else None

    process.begin_exercise(Rules("pack", names=("difflib",)), judge)
    process.begin_check(1.0)
    assert ending(process.import_module, "m").outcome == "forbidden"
    process.begin_exercise()
    process.begin_check(1.0)
    process.import_module("m")


def test_an_import_that_hung_is_not_tried_again_by_anybody(run):
    _, process = run("while True: pass")
    assert ending(process.import_module, "m").outcome == "timeout"
    process.begin_exercise(Rules("pack", names=("difflib",)))
    process.begin_check(1.0)
    used = process.clock.used
    assert ending(process.import_module, "m").outcome == "timeout"
    assert process.clock.used == used


def test_the_deadline_is_for_all_calls_of_a_check_together(run):
    works = "import time\ndef f():\n    end = time.process_time() + 0.4\n    while time.process_time() < end: pass"
    student, _ = run(works, seconds=0.9)
    student.m.f()
    student.m.f()
    assert ending(lambda: student.m.f()).outcome == "timeout"


def test_a_guest_that_cannot_start_is_the_platforms_fault(launcher):
    package = Submitted("pack", {"m.py": b""}, searched={"a": Searched("m.py", (), (), ([],))})
    process = Guests(launcher, package, LIMITS)
    with pytest.raises(PlatformError, match="list"):
        process.read()
    process.close()


def kill_with_all_it_started(own):
    """The launcher, and so its guests: each ends with its parent, a moment later."""
    started = descendants(own._process.pid)
    assert started  # the launcher in its namespace, and the guest
    own._process.kill()
    own._process.wait()
    assert left_of(started) == []


def test_a_guest_that_dies_at_once_is_known_at_once(monkeypatch):
    """It hangs up where it was to be asked: nobody waits for what it cannot say."""
    monkeypatch.setattr(ForkLauncher, "module", dying_guest.__name__)
    own = ForkLauncher(())
    process = Guests(own, Submitted("pack", {"m.py": b""}), LIMITS)
    with pytest.raises(PlatformError, match="could not start: exited"):
        process.open()
    assert own._process.poll() is None, "its launcher lives"
    own.close()


def test_what_a_library_says_as_it_is_imported_is_no_output_of_a_student(monkeypatch):
    monkeypatch.setattr(ForkLauncher, "module", loud.__name__)
    own = ForkLauncher(())
    process = Guests(own, Submitted("pack", {"m.py": b"print('mine')"}), LIMITS)
    process.begin_check(10.0)
    process.import_module("m")
    assert process.take_output() == "mine\n"
    process.close()
    own.close()


def test_a_dead_launcher_is_the_platforms_fault():
    own = ForkLauncher(())
    process = Guests(own, Submitted("pack", {"m.py": b""}), LIMITS)
    process.begin_check(1.0)
    process.open()
    kill_with_all_it_started(own)
    try:
        with pytest.raises(PlatformError):
            process.close()
        with pytest.raises(PlatformError):
            process.open()
    finally:
        own.close()


def test_guests_die_with_their_launcher():
    own = ForkLauncher(())
    process = Guests(own, Submitted("pack", {"m.py": b""}), LIMITS)
    process.begin_check(1.0)
    process.open()
    kill_with_all_it_started(own)
    own.close()
    with pytest.raises(PlatformError):
        process.close()


def test_without_fork_one_interpreter_serves_until_something_breaks(run):
    student, process = run(
        "import os\ndef f(): print('hi'); return os.getpid()\ndef g(): os._exit(3)",
        using=SpawnLauncher(()),
    )
    first = student.m.f()
    assert process.take_output() == "hi\n"
    process.begin_exercise()
    process.begin_check(1.0)
    assert student.m.f() == first
    assert ending(lambda: student.m.g()).outcome == "crashed"
    process.begin_check(1.0)
    assert student.m.f() != first


READS = """
import os, pathlib, socket
def read(path):
    try:
        return len(pathlib.Path(path).read_bytes())
    except OSError as error:
        return type(error).__name__
def listing(path):
    try:
        return len(os.listdir(path))
    except OSError as error:
        return type(error).__name__
def write(path):
    try:
        pathlib.Path(path).write_text("x")
        return "written"
    except OSError as error:
        return type(error).__name__
def connect(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1)
        return "connected"
    except OSError as error:
        return type(error).__name__
def kill(pid):
    try:
        os.kill(pid, 0)
        return "reached"
    except OSError as error:
        return type(error).__name__
"""


# by Landlock; not there in its namespace; or there on a file system that is read-only
REFUSED = {"PermissionError", "FileNotFoundError", "OSError"}


@pytest.fixture
def landlock():
    if landlock_version() < 1:
        pytest.skip("NOT PROVEN: this kernel has no Landlock, so files are not protected here")


def landlock_version():
    from grader.boundary.guest import landlock

    return landlock.version()


def test_a_guest_reads_and_writes_nothing_but_its_own(run, landlock, tmp_path):
    student, process = run(READS)
    (tmp_path / "secret").write_text("hidden check")
    for path in (
        __file__,
        tmp_path / "secret",
        "/etc/passwd",
        f"/proc/{os.getpid()}/environ",
        "/proc/1/cmdline",
    ):
        assert student.m.read(str(path)) in REFUSED, path
    for path in (Path(__file__).parents[2], tmp_path, Path.home(), "/proc", "/tmp"):
        assert student.m.listing(str(path)) in REFUSED, path
    for path in (tmp_path / "new", tmp_path / "secret", os.__file__, "/dev/shm/x", "/tmp/x"):
        assert student.m.write(str(path)) in REFUSED, path
    assert student.m.write("own") == "written"
    assert student.m.read(os.__file__) > 1000
    assert "landlock" in process.survey.layers


def test_a_guest_has_no_tcp(run, landlock):
    if landlock_version() < 4:
        pytest.skip("NOT PROVEN: this kernel's Landlock does not know TCP")
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        student, _ = run(READS)
        assert student.m.connect(server.getsockname()[1]) == "PermissionError"


def test_a_guest_signals_nobody_outside(run, landlock):
    if landlock_version() < 6:
        pytest.skip("NOT PROVEN: this kernel's Landlock does not know signals")
    student, _ = run(READS + "\ndef parent(): return kill(os.getppid())")
    assert student.m.parent() == "PermissionError"
    assert student.m.kill(os.getpid()) in {"PermissionError", "ProcessLookupError"}


def test_a_guest_does_not_learn_which_container_it_is_in(run):
    student, process = run("""
def groups(): return open("/proc/self/cgroup").read().split()
""")
    groups = student.m.groups()
    if "namespaces" not in process.survey.layers:
        pytest.skip("this machine has no namespaces")
    assert groups
    assert {group.rpartition(":")[2] for group in groups} == {"/"}


def test_layers_that_changed_are_named_as_words(run):
    student, process = run("def f(): return 1")
    student.m.f()
    process.survey.layers[:] = ["moat", "wall"]  # what an earlier guest had
    process.begin_exercise(Rules("pack", names=("difflib",)))
    with pytest.raises(PlatformError) as caught:
        process.open()
    assert caught.value.fields == {"layers": "moat, wall"}

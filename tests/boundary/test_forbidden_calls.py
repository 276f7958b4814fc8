"""Forbidden names that only running the code can show; honest code is never blamed."""

import re
from functools import partial

import pytest
import torch

from grader.boundary.endings import Ending
from grader.boundary.guest.forbidden_calls import public_names
from grader.boundary.guest.uses import Use
from grader.boundary.guests import Guests
from grader.boundary.submitted import Submitted
from grader.checking.student import Object, Student
from grader.course import assignment as assignments
from grader.grading.engines.local import grade_all
from grader.grading.forbidden import blame_at_run_time, names_by_file
from grader.grading.worker import Job
from grader.intake.read import Submission

RULES = """
allowed_packages = ["numpy", "torch"]

[[forbidden]]
names = ["difflib", "torch.sigmoid", ".sigmoid", "torch.special.expit", "torch.nn.LSTM",
         "torch.optim", "torch.nn.functional.softmax", ".backward", "torch.lstm"]
instead = { en = "Write it yourself.", ko = "직접 작성하세요." }

[[forbidden]]
names = ["torch.tanh"]
within = ["other"]
instead = { en = "-", ko = "-" }
"""


@pytest.fixture
def run(course, launcher):
    """Call `f` of a source under these rules."""
    path = course / "assignments/tiny/assignment.toml"
    old = path.read_text(encoding="utf-8")
    kept = re.sub(r"(?m)^allowed_packages.*\n", "", old).replace('"torch.nn", ', "")
    path.write_text(kept.replace("[limits]", RULES + "\n[limits]", 1), encoding="utf-8")
    assignment = assignments.load(course / "assignments" / "tiny")
    opened = []

    def start(source, *arguments):
        for process in opened:
            process.close()
        rules = names_by_file(assignment, ["sums.py"])
        files = {"sums.py": source.encode()}
        package = Submitted("pack", files, rules, assignment.allowed_packages)
        process = Guests(launcher, package, assignment.limits, Object)
        opened.append(process)
        process.begin_exercise(partial(blame_at_run_time, assignment, ()))
        process.begin_check(20.0)
        return Student(process).sums.f(*arguments)

    yield start
    for process in opened:
        process.close()


HITS = {
    "getattr": "import torch\ndef f(x): return getattr(torch, 'sig' + 'moid')(x)",
    "a method by getattr": "def f(x): return getattr(x, 'sig' + 'moid')()",
    "caught": "import torch\ndef f(x):\n    try: return getattr(torch, 'sig' + 'moid')(x)\n"
    "    except BaseException: return x",
    "exec of a string": "def f(x):\n    space = {'x': x}\n"
    "    exec('import torch; y = torch.sig' + 'moid(x)', space)\n    return space['y']",
    "a table of functions": "import torch\nT = dict(vars(torch))\ndef f(x): return T['sig' 'moid'](x)",
    "below torch": "import torch\ndef f(x): return getattr(torch, '_C')._VariableFunctions.sigmoid(x)",
    "the base class": "import torch\ndef f(x): return getattr(torch, '_C').TensorBase.sigmoid(x)",
    "an operator": "import torch\ndef f(x): return getattr(torch, 'ops').aten.sigmoid(x)",
    "an overload": "import torch\ndef f(x): return getattr(torch, 'ops').aten.sigmoid.default(x)",
    "a special function": "import torch\ndef f(x): return getattr(torch.special, 'exp' + 'it')(x)",
    "a functional": "import importlib\n"
    "def f(x): return importlib.import_module('torch.nn.' 'functional').softmax(x, 0)",
    "a module": "import sys\ndef f(x):\n    sys.modules['torch.nn'].LSTM(2, 2)",
    "a subclass": "import sys\nclass Mine(getattr(sys.modules['torch.nn'], 'LS' 'TM')): pass\n"
    "def f(x):\n    Mine(2, 2)",
    "an optimizer": "import torch\n"
    "def f(x): getattr(torch, 'opt' 'im').SGD([torch.nn.Parameter(x)], lr=0.1)",
    "import by name": "def f(x): __import__('diff' + 'lib')",
    "importlib": "import importlib\ndef f(x): importlib.import_module('diff' + 'lib')",
    "another package": "def f(x):\n    try: __import__('pyte' + 'st')\n    except ImportError: pass",
    "backward": "def f(x): getattr(x.clone().requires_grad_().sum(), 'back' 'ward')()",
    "the library's source": "import inspect, sys\ndef f(x):\n"
    "    nn = sys.modules['torch.nn']\n"
    "    source = inspect.getsource(sys.modules['torch.nn.modules.activation'].Sigmoid.forward)\n"
    "    space = {'torch': sys.modules['torch'], 'Tensor': type(x)}\n"
    "    exec('def forward(self, input): return torch.sigmoid(input)', space)\n"
    "    return space['forward'](None, x)",
}


@pytest.mark.parametrize("source", HITS.values(), ids=HITS.keys())
def test_found(run, source):
    with pytest.raises(Ending) as caught:
        run(source, torch.zeros(3))
    assert caught.value.outcome == "forbidden"
    assert caught.value.message.fields["file"] == "sums.py"
    assert int(caught.value.message.fields["line"]) > 0


HONEST = {
    "what a library does": "import torch\ndef f(x): return torch.nn.GRU(3, 3)(x[None])[0].sum().item()",
    "a class of its own": "import torch\nclass LSTM(torch.nn.Module):\n"
    "    def __init__(self):\n        super().__init__()\n        self.inner = torch.nn.Linear(3, 3)\n"
    "def f(x): LSTM()",
    "a function of its own": "import torch\ndef sigmoid(x): return 1 / (1 + torch.exp(-x))\n"
    "def f(x): return sigmoid(x)",
    "a dictionary": "def f(x): return {'sigmoid': 1}['sigmoid']",
    "outside the rule": "import torch\ndef f(x): return torch.tanh(x)",
    "a library that imports": "import torch, numpy\ndef f(x): return float(numpy.linalg.norm(x.numpy()))",
    "relative imports": "from . import sums\ndef f(x): return x",
    "softmax by hand": "import torch\ndef f(x): return torch.softmax(x, 0)",
}


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST.keys())
def test_honest_code_is_never_blamed(run, source):
    run(source, torch.zeros(3))


@pytest.mark.parametrize("owner", ["torch", "torch._VF"])
def test_a_public_name_is_seen_after_any_number_of_calls(run, owner):
    source = f"""
import sys, torch
def f(x):
    for _ in range(5000):
        x = x + 1
    return getattr(sys.modules["{owner}"], "sig" + "moid")(x)
"""
    with pytest.raises(Ending):
        run(source, torch.zeros(1))


def test_a_public_name_is_seen_in_every_thread(run):
    source = """
import sys, threading, torch
def f(x):
    found = []
    use = lambda: found.append(getattr(torch, "sig" + "moid")(x))
    with getattr(torch, "_C").DisableTorchFunction():
        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
    return found[0]
"""
    with pytest.raises(Ending):
        run(source, torch.zeros(1))


LAYER = "    getattr(torch, 'n' 'n').Linear(1, 1)\n"
CALLER = b"""
from .sums import add
def greet(name):
    add(0, 0)
    return f"Hello {name}"
"""


@pytest.mark.parametrize(
    ("condition", "pays"),
    [
        # its own exercise runs it, and pays
        ("", "adding"),
        # only the other exercise does: it was hidden there
        ("    if type(a) is int and a == 0:\n    ", "saying"),
    ],
)
def test_who_calls_forbidden_code_that_was_paid_for_pays_nothing(course, edit, condition, pays):
    adding = "assignments/tiny/exercises/adding.toml"
    edit(adding, 'preload = ["numpy"]', 'preload = ["numpy", "torch"]')
    tiny = assignments.load(course / "assignments" / "tiny")
    sums = f"import torch\ndef add(a, b):\n{condition}{LAYER}    return a + b\n"
    files = {"sums.py": sums.encode(), "words.py": CALLER}
    job = Job(Submission("kim", "kim", files, [], [], None, "0" * 64))
    [(_, record)] = grade_all(tiny, [job], workers=1)
    outcomes = {e.id: {check.outcome for check in e.checks} for e in record.exercises}
    assert outcomes.pop(pays) == {"forbidden"}
    assert list(outcomes.values()) == [{"passed"}]


def test_a_forged_use_is_not_taken_for_one(tiny):
    for forged in (1, {}, (), ("x", 1, "", 1, ""), ["", "", "", 1, ""], ("", "", "", True, "")):
        assert Use.from_wire(forged) is None
    unknown = Use.from_wire(("x", "x", "sums.py", 1, ""))
    assert blame_at_run_time(tiny, (), [unknown]) is None


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (torch.sigmoid, "torch.sigmoid"),
        (torch.Tensor.sigmoid, ".sigmoid"),
        (torch.Tensor.backward, ".backward"),
        (torch.special.expit, "torch.special.expit"),
        (torch.nn.functional.softmax, "torch.nn.functional.softmax"),
        (torch.nn.functional.gelu, "torch.nn.functional.gelu"),
        (torch._VF.lstm, "torch.lstm"),
        (torch.linalg.norm, "torch.linalg.norm"),
        (torch.einsum, "torch.einsum"),
    ],
)
def test_public_names(function, name):
    assert name in public_names(function)

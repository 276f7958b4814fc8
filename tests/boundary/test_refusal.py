"""What is forbidden does not work, whichever way it is called; honest code is never blamed."""

import re
from functools import partial

import pytest
import torch

from grader.boundary.endings import Ending
from grader.boundary.guest.uses import Use
from grader.boundary.guests import Guests
from grader.checking.conversation import Conversation
from grader.checking.student import Student
from grader.course import assignment as assignments
from grader.grading.engines.local import Pool
from grader.grading.forbidden import blame, rules_of
from grader.grading.grading import package_of
from grader.grading.worker import Job
from grader.intake.read import Submission

RULES = """
allowed_packages = ["numpy", "torch"]

[[forbidden]]
families = ["sigmoids", "recurrent", "optimisers", "autograd", "samplers"]
names = ["difflib", "torch.special.erf", ".cumsum", "math", "numpy.linalg.solve"]
instead = { en = "Write it yourself.", ko = "직접 작성하세요." }
"""


@pytest.fixture
def open_guest(course, launcher):
    """A student whose sums.py is a source, under these rules."""
    path = course / "assignments/tiny/assignment.toml"
    old = path.read_text(encoding="utf-8")
    kept = re.sub(r"(?m)^allowed_packages.*\n", "", old[: old.index("[[forbidden]]")])
    path.write_text(kept.replace("[limits]", RULES + "\n[limits]", 1), encoding="utf-8")
    assignment = assignments.load(course / "assignments" / "tiny")
    exercise = assignment.exercises[0]
    opened = []

    def start(source):
        for process in opened:
            process.close()
        files = {"sums.py": source.encode(), "words.py": b""}
        submission = Submission("kim", "kim", files, [], [], None, "0" * 64)
        process = Guests(launcher, package_of(assignment, submission), assignment.limits)
        opened.append(process)
        process.begin_exercise(rules_of(assignment, exercise), partial(blame, assignment, exercise))
        process.begin_check(20.0)
        return Student(Conversation(process))

    yield start
    for process in opened:
        process.close()


@pytest.fixture
def run(open_guest):
    """Call `f` of a source under these rules."""
    return lambda source, *arguments: open_guest(source).sums.f(*arguments)


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
    "another key": "import torch\ndef f(x):\n"
    "    key = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)\n"
    "    return getattr(torch, 'ops').aten.sigmoid.default.redispatch(key, x)",
    "in place": "def f(x): return getattr(x.clone(), 'sig' + 'moid_')()",
    "a special function": "import torch\ndef f(x): return getattr(torch.special, 'exp' + 'it')(x)",
    "a relative": "import torch\ndef f(x): return getattr(torch.nn.functional, 'si' + 'lu')(x) / x",
    "a list of tensors": "import torch\ndef f(x): return torch._foreach_sigmoid([x])[0]",
    "vmap": "import torch\ndef f(x): return torch.vmap(getattr(torch, 'sig' + 'moid'))(x)",
    "a gate of a cell": "import torch\nfrom torch import nn\n"
    "def f(x): return getattr(nn, 'GRU' 'Cell')(3, 3)(x[None])",
    "a subclass": "import torch\nclass Mine(getattr(torch.nn, 'LS' 'TM')): pass\n"
    "def f(x): return Mine(3, 3)(x[None])",
    "a quantised double": "import sys\nao = sys.modules['torch.' 'ao.nn.quantizable']\n"
    "def f(x): return ao.LSTM(3, 3)(x[None, None])",
    "a decomposition": "import torch\ndef f(x): return torch._decomp.decompositions.lstm_cell(x)",
    "an optimizer": "import torch\n"
    "def f(x): getattr(torch, 'opt' 'im').SGD([torch.nn.Parameter(x)], lr=0.1)",
    "backward": "def f(x): getattr(x.clone().requires_grad_().sum(), 'back' 'ward')()",
    "the engine": "import torch\ndef f(x):\n    y = (x.clone().requires_grad_() ** 2).sum()\n"
    "    engine = torch.autograd.variable.Variable._execution_engine\n"
    "    engine.run_backward((y,), (torch.ones(()),), False, False, (), True, True)",
    "the nodes": "import torch\ndef f(x):\n"
    "    return (x.clone().requires_grad_() * 1).sum().grad_fn(torch.ones(()))",
    "forward mode": "import torch\nfrom torch.autograd import forward_ad\n"
    "def f(x):\n    with forward_ad.dual_level(): return forward_ad.make_dual(x, x)",
    "a derivative of a function": "import torch\ndef f(x): return torch.func.grad(torch.sum)(x)",
    "an operator that only scripts have": "import torch\ndef f(x):\n"
    "    y = x.clone().requires_grad_()\n    return torch.ops.aten.grad([y.sum()], [y])",
    "TorchScript": "import torch\ndef f(x): return getattr(torch.jit, 'script')(g)(x)\n"
    "def g(x): return x",
    "a compilation unit": "import torch\n"
    "def f(x): return torch.jit.CompilationUnit('def g(x):\\n    return x\\n')",
    "a name of torch": "import torch\ndef f(x): return getattr(torch.special, 'er' + 'f')(x)",
    "a method by its name": "def f(x): return getattr(x, 'cum' + 'sum')(0)",
    "a library's function": "import importlib\n"
    "def f(x): return importlib.import_module('diff' + 'lib').ndiff(['a'], ['b'])",
    "a library by sys.modules": "import sys\ndef f(x): return sys.modules['diff' 'lib'].SequenceMatcher()",
    "what is written in C": "import importlib\n"
    "def f(x): return importlib.import_module('ma' + 'th').sqrt(4)",
    "what NumPy has": "import numpy as np\n"
    "def f(x): return getattr(np.linalg, 'sol' + 've')(np.eye(2), np.ones(2))",
    "weights": "import random\ndef f(x): return getattr(random, 'cho' + 'ices')([1, 2], [1, 3])",
    "weights of NumPy": "import numpy as np\n"
    "def f(x): return np.random.default_rng(0).choice(2, p=[0.5, 0.5])",
    "a distribution": "import torch\nfrom importlib import import_module\n"
    "def f(x): return import_module('torch.distri' 'butions').Categorical(x.exp()).sample()",
    "another package": "def f(x):\n    try: __import__('pyte' + 'st_cov' if 0 else 'pyte' + 'st')\n"
    "    except Exception: pass",
    "machine code": "import ctypes\ndef f(x): return ctypes.CDLL(None)",
    "a thread": "import threading, torch\ndef f(x):\n"
    "    t = threading.Thread(target=getattr(torch, 'sig' + 'moid'), args=(x,))\n"
    "    t.start()\n    t.join()",
    "a library that calls": "import functools, torch\n"
    "def f(x): return functools.reduce(lambda _, g: g(x), [getattr(torch, 'sig' + 'moid')], 0)",
    "a dispatch by type": "import functools, torch\n"
    "g = functools.singledispatch(getattr(torch, 'sig' + 'moid'))\ndef f(x): return g(x)",
    "when it is imported": "import torch\ny = getattr(torch, 'sig' + 'moid')(torch.zeros(1))\n"
    "def f(x): return y",
}


@pytest.mark.parametrize("source", HITS.values(), ids=HITS.keys())
def test_found(run, source):
    with pytest.raises(Ending) as caught:
        run(source, torch.zeros(3))
    assert caught.value.outcome == "forbidden"
    fields = caught.value.message.fields
    assert (fields["file"], int(fields["line"]) > 0) == ("sums.py", True)


HONEST = {
    "what a library does": "import torch\ndef f(x): return torch.nn.Linear(3, 3)(x).sum().item()",
    "a class of its own": "import torch\nclass LSTM(torch.nn.Module):\n"
    "    def __init__(self):\n        super().__init__()\n        self.inner = torch.nn.Linear(3, 3)\n"
    "def f(x): LSTM()",
    "a function of its own": "import torch\ndef sigmoid(x): return 1 / (1 + torch.exp(-x))\n"
    "def f(x): return sigmoid(x)",
    "a dictionary": "def f(x): return {'sigmoid': 1}['sigmoid']",
    "a library that imports": "import torch, numpy\ndef f(x): return float(numpy.linalg.norm(x.numpy()))",
    "relative imports": "from . import words\ndef f(x): return x",
    "bare imports": "import words\ndef f(x): return x",
    "softmax": "import torch\ndef f(x): return torch.softmax(x, 0)",
    "printing": "import torch\ndef f(x): return len(repr(x) + repr(torch.nn.Parameter(x)))",
    "sparse": "import torch\ndef f(x): return (x[None].to_sparse_csr() @ torch.ones(3, 1)).item()",
    "a temporary file": "import tempfile\ndef f(x):\n    with tempfile.NamedTemporaryFile(): pass",
    "a draw without weights": "import random, numpy as np\n"
    "def f(x): return random.choices([1], k=2), np.random.default_rng(0).choice(2, 3).tolist()",
    "a graph that nobody walks": "def f(x): return (x.clone().requires_grad_() * 2).detach()",
    "saving": "import io, torch\ndef f(x):\n    file = io.BytesIO()\n    torch.save(x, file)\n"
    "    return torch.load(io.BytesIO(file.getvalue()))",
    "vmap": "import torch\ndef f(x): return torch.vmap(torch.exp)(x)",
    "a library that needs math": "import statistics\ndef f(x): return statistics.pstdev([1.0, 2.0])",
    "threads": "import threading\ndef f(x):\n    t = threading.Thread(target=x.exp)\n"
    "    t.start()\n    t.join()",
}


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST.keys())
def test_honest_code_is_never_blamed(run, source):
    run(source, torch.zeros(3))


def place_of(run, source):
    with pytest.raises(Ending) as caught:
        run(source, torch.zeros(3))
    message = caught.value.message
    return message.code, message.fields["file"], message.fields["line"]


def test_the_line_is_the_students_nearest(run):
    source = (
        "import functools, torch\ndef f(x):\n    g = getattr(torch, 'sig' + 'moid')\n"
        "    return list(map(functools.partial(g), [x]))\n"
    )
    assert place_of(run, source) == ("forbidden", "sums.py", "4")


def test_a_line_that_is_not_sure_is_said_to_be_so(run):
    thread = (
        "import threading, torch\ndef f(x):\n"
        "    t = threading.Thread(target=getattr(torch, 'sig' + 'moid'), args=(x,))\n"
        "    t.start()\n    t.join()\n"
    )
    code, _, line = place_of(run, thread)
    assert (code, line in {"4", "5"}) == (
        "forbidden_near",
        True,
    )  # where the main thread is by then
    renamed = 'code = compile(\'import torch\\ndef f(x): return getattr(torch, "sig" "moid")(x)\','
    assert place_of(run, f"{renamed} 'other.py', 'exec')\nexec(code)\n")[0] == "forbidden_somewhere"


@pytest.mark.parametrize("what", ["grader.boundary.guest.refusal", "grader.boundary.guest.server"])
def test_no_module_of_ours_holds_a_switch(run, what):
    source = f"""
import gc, sys, torch
def f(x):
    for value in vars(sys.modules["{what}"]).values():
        if isinstance(value, list):
            value.clear()
    kernels = [o for o in gc.get_objects() if getattr(o, "__name__", "") in ("refuse", "kernel")]
    return len(kernels)
"""
    assert run(source, torch.zeros(1)) == 0


def test_who_empties_the_list_of_uses_has_gained_nothing(run):
    source = """
import sys, torch
def f(x):
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            for cell in getattr(value, "__closure__", None) or ():
                if isinstance(cell.cell_contents, list):
                    noted = cell.cell_contents
        frame = frame.f_back
    try:
        y = getattr(torch, "sig" + "moid")(x)
    except RuntimeError:
        y = None
    noted.clear()
    return y
"""
    assert run(source, torch.zeros(1)) is None


def test_the_platform_is_nobody_who_is_blamed(open_guest):
    # where nothing can be differentiated, what would have a gradient has one that is not a number
    student = open_guest("def f(x): return 2 * x\ndef g(x): return 2 * x.detach()")
    one = torch.ones(1)
    assert student.gradients(student.sums.f, [one]).by_argument[0].isnan().all()
    assert student.gradients(student.sums.g, [one]).by_argument == [None]


FORBIDDEN = """    getattr(torch, 'n' 'n').Linear(1, 1)
"""
CALLER = b"""
from .sums import add
def greet(name):
    add(0, 0)
    return f"Hello {name}"
"""


def grade(course, edit, files, *, own_rule):
    """Outcomes by exercise, where `adding` alone or both exercises forbid torch.nn."""
    rule = '[[forbidden]]\nfamilies = ["networks"]\ninstead = { en = "-", ko = "-" }\n'
    old = '[[forbidden]]\nnames = ["torch.nn", ".backward"]\n'
    old += 'instead = { en = "Use plain arithmetic.", ko = "사칙연산을 쓰세요." }\n'
    adding = "assignments/tiny/exercises/adding.toml"
    edit("assignments/tiny/assignment.toml", old, "" if own_rule else rule)
    edit(adding, 'preload = ["numpy"]', 'preload = ["numpy", "torch"]')
    if own_rule:
        edit(adding, '\n[[check]]\nid = "add_adds"\n', f'\n{rule}\n[[check]]\nid = "add_adds"\n')
    tiny = assignments.load(course / "assignments" / "tiny")
    job = Job(Submission("kim", "kim", files, [], [], None, "0" * 64))
    [graded] = Pool(1).grade_all(tiny, [job])
    return {e.id: {check.outcome for check in e.checks} for e in graded.record.exercises}


def test_a_rule_binds_an_exercise_and_no_file(course, edit):
    # what is allowed in words.py, and to `saying`, is not so while `adding` is checked
    words = f"import torch\ndef help():\n{FORBIDDEN}\ndef greet(name):\n    help()\n"
    files = {
        "words.py": f"{words}    return f'Hello {{name}}'\n".encode(),
        "sums.py": b"from .words import help\ndef add(a, b):\n    help()\n    return a + b\n",
    }
    outcomes = grade(course, edit, files, own_rule=True)
    assert outcomes == {"adding": {"forbidden"}, "saying": {"passed"}}


def test_who_calls_what_another_function_paid_for_is_followed_through(course, edit):
    sums = f"import torch\ndef add(a, b):\n{FORBIDDEN}    return a + b\n"
    outcomes = grade(course, edit, {"sums.py": sums.encode(), "words.py": CALLER}, own_rule=False)
    assert outcomes == {"adding": {"forbidden"}, "saying": {"forbidden"}}


def test_a_forged_use_is_not_taken_for_one(tiny):
    for forged in (
        1,
        {},
        (),
        ("x", 1, "", 1, True),
        ["", "", "", 1, True],
        ("", "", "", True, True),
    ):
        assert Use.from_wire(forged) is None
    unknown = Use.from_wire(("x", "x", "sums.py", 1, True))
    assert blame(tiny, tiny.exercises[0], [unknown]) is None

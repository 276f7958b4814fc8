"""Forbidden names are found by what they mean; honest code is never blamed."""

import ast
from contextlib import suppress

import pytest

from grader.boundary.guest.forbidden_source import survey
from grader.boundary.guest.reach import Reach

RULES = ["torch.nn", "torch.sigmoid", ".sigmoid", ".backward", "difflib"]


def found_in(files, exercises, allowed=()):
    trees = {}
    for name, source in files.items():
        with suppress(SyntaxError):
            trees[name] = ast.parse(source)
    reach = Reach("pack", trees, files)
    met = {exercise: reach.of([file]) for exercise, (file, _, _) in exercises.items()}
    return survey(trees, "pack", exercises, met, allowed)


def uses(source, rules=RULES):
    exercises = {"adding": ("sums.py", ["add"], rules)}
    found = found_in({"sums.py": source}, exercises, ["numpy", "torch"])
    return [(use.name, use.line) for _, use in found]


@pytest.mark.parametrize(
    "source, name",
    [
        ("import torch.nn", "torch.nn"),
        ("import torch.nn.functional as F", "torch.nn.functional"),
        ("from torch import nn", "torch.nn"),
        ("from torch.nn import Linear as L", "torch.nn.Linear"),
        ("import torch\nx = torch.nn.Linear", "torch.nn.Linear"),
        ("import torch as t\nx = t.sigmoid(1)", "torch.sigmoid"),
        ("import torch\ndef add(z):\n    return z.sigmoid()", ".sigmoid"),
        ("def add(loss):\n    (loss + 1).backward()", ".backward"),
        ("import difflib", "difflib"),
        ("import sklearn.metrics", "sklearn"),
        ("def add():\n    import jax", "jax"),
        ("try:\n    from scipy import special\nexcept ImportError:\n    pass", "scipy"),
        ("def _help(z): z.backward()\ndef add(z): _help(z)", ".backward"),
        ("class _Help:\n    def go(self, z): z.backward()\ndef add(z): _Help().go(z)", ".backward"),
        ("def _help(z): z.backward()\nTABLE = [_help]\n", ".backward"),
    ],
)
def test_found(source, name):
    assert name in [use[0] for use in uses(source)]


@pytest.mark.parametrize(
    "source",
    [
        "# torch.nn.Linear\nx = 'import torch.nn'",
        '"""Without torch.nn and z.sigmoid()."""',
        "nn = 3\nlstm = nn + 1",
        "def sigmoid(z): return z\ny = sigmoid(1)",
        "from . import network\nnetwork.backward({}, 1)",
        "from pack import network\nnetwork.backward({}, 1)",
        "import pack.network\npack.network.backward(1)",
        "from .backward import step\nfrom . import backward\nstep(backward.sigmoid)",
        "class A:\n    def sigmoid(self, z): return z\n    def g(self): return self.sigmoid(1)\nA().sigmoid(2)",
        "import re, json, collections.abc, numpy as np, torch\nnp.linalg.norm([1])",
        "from __future__ import annotations",
        "sigmoid = lambda z: z\nactivations = {'sigmoid': sigmoid}",
        "import sums",
        # what no function of the exercise leads to
        "def train(loss): loss.backward()\ndef add(a, b): return a + b",
    ],
)
def test_honest_code_is_never_blamed(source):
    assert uses(source) == []


PLOT = "    import matplotlib.pyplot as plt\n    import torch\n    torch.nn.Linear(1, 1)\n"


@pytest.mark.parametrize(
    "guard",
    ['if __name__ == "__main__":', "if '__main__' == __name__:", "if (__name__ == '__main__'):"],
)
def test_what_only_a_main_program_does_costs_nothing(guard):
    assert uses(f"x = 1\n{guard}\n{PLOT}") == []


@pytest.mark.parametrize(
    "source",
    [
        f"if __name__ != '__main__':\n{PLOT}",
        f"if __name__ == '__main__':\n    pass\nelse:\n{PLOT}",
        f"if __name__ == '__main__' or True:\n{PLOT}",
        f"__name__ = '__main__'\nif __name__ == '__main__':\n{PLOT}",
        f"from .other import x as __name__\nif __name__ == '__main__':\n{PLOT}",
        f"def __name__(): pass\nif __name__ == '__main__':\n{PLOT}",
        f"def main():\n{PLOT}\nmain()",
    ],
)
def test_what_a_guest_runs_is_no_main_program(source):
    assert {"matplotlib", "torch.nn.Linear"} & {use[0] for use in uses(source)}


def test_a_main_program_lends_no_name_to_what_runs():
    source = "def add(loss):\n    loss.backward()\nif __name__ == '__main__':\n    class A:\n        def backward(self): pass"
    assert [use[0] for use in uses(source)] == [".backward"]


def test_depth_hides_nothing():
    deep = "import torch\nx = torch.nn.LSTM" + " + 1" * 1500
    assert ("torch.nn.LSTM", 2) in uses(deep)


FILES = {
    "sums.py": "from .model import help\ndef add(a): return help(a)\ndef more(a): return add(a)\n",
    "model.py": "def help(a):\n    a.backward()\ndef train(a): a.backward()\n",
    "other.py": "import torch.nn\n",
    "broken.py": "def add(:",
}


def blamed(**changed):
    files = {**FILES, **{f"{name}.py": source for name, source in changed.items()}}
    exercises = {
        "adding": ("sums.py", ["add"], RULES),
        "more": ("sums.py", ["more"], RULES),
        "training": ("model.py", ["train"], []),
    }
    found = found_in(files, exercises)
    return [(exercise, use.name, use.file, use.line) for exercise, use in found]


def test_a_helper_in_another_file_concerns_who_leads_to_it():
    # `more` only calls `add`, which pays for itself
    assert blamed() == [("adding", ".backward", "model.py", 2)]


@pytest.mark.parametrize(
    "imports",
    ["from pack.model import help", "from model import help", "from .model import help as help"],
)
def test_however_it_is_imported(imports):
    source = f"{imports}\ndef add(a): return help(a)\n"
    assert blamed(sums=source) == [("adding", ".backward", "model.py", 2)]


def test_what_runs_as_a_file_is_imported_concerns_whoever_imports_it():
    source = "from . import other\ndef add(a): return a\ndef more(a): return a\n"
    assert blamed(sums=source) == [(e, "torch.nn", "other.py", 1) for e in ("adding", "more")]


def test_what_another_exercises_file_imports_is_that_ones_matter():
    imports = "import torch.nn\ndef train(a): return a\ndef help(a):\n    import difflib\n"
    assert blamed(model=imports) == [("adding", "difflib", "model.py", 4)]  # its own helper's
    exercises = {"training": ("model.py", ["train"], RULES)}
    found = found_in({"model.py": imports}, exercises)
    assert [(name, use.name) for name, use in found] == [("training", "torch.nn")]

"""Forbidden names are found by what they mean; honest code is never blamed."""

import pytest

from grader.boundary.guest.forbidden_source import uses_in_source
from grader.course import assignment as assignments
from grader.grading.forbidden import blame_for_source

RULES = ["torch.nn", "torch.sigmoid", ".sigmoid", ".backward", "difflib"]


def uses(source, rules=RULES):
    found = uses_in_source(source.encode(), "sums.py", "pack", rules, ["numpy", "torch"])
    return [(use.name, use.line, use.scope) for use in found]


@pytest.mark.parametrize(
    "source, name",
    [
        ("import torch.nn", "torch.nn"),
        ("import torch.nn.functional as F", "torch.nn.functional"),
        ("from torch import nn", "torch.nn"),
        ("from torch.nn import Linear as L", "torch.nn.Linear"),
        ("import torch\nx = torch.nn.Linear", "torch.nn.Linear"),
        ("import torch as t\nx = t.sigmoid(1)", "torch.sigmoid"),
        ("import torch\ndef f(z):\n    return z.sigmoid()", ".sigmoid"),
        ("def f(loss):\n    (loss + 1).backward()", ".backward"),
        ("import difflib", "difflib"),
        ("import sklearn.metrics", "sklearn"),
        ("def f():\n    import jax", "jax"),
        ("try:\n    from scipy import special\nexcept ImportError:\n    pass", "scipy"),
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
        "class A:\n    def sigmoid(self, z): return z\n    def g(self): return self.sigmoid(1)\nA().sigmoid(2)",
        "import re, json, collections.abc, numpy as np, torch\nnp.linalg.norm([1])",
        "from __future__ import annotations",
        "sigmoid = lambda z: z\nactivations = {'sigmoid': sigmoid}",
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
        f"def main():\n{PLOT}\nif __name__ == '__main__':\n    main()",
    ],
)
def test_what_a_guest_runs_is_no_main_program(source):
    assert {"matplotlib.pyplot", "matplotlib", "torch.nn.Linear"} & {use[0] for use in uses(source)}


def test_a_main_program_lends_no_name_to_what_runs():
    source = "def f(loss):\n    loss.backward()\nif __name__ == '__main__':\n    class A:\n        def backward(self): pass"
    assert [use[0] for use in uses(source)] == [".backward"]


def test_depth_hides_nothing():
    deep = "import torch\nx = torch.nn.LSTM" + " + 1" * 1500
    assert ("torch.nn.LSTM", 2, "") in uses(deep)


def test_place_and_scope():
    source = "import torch\n\ndef f():\n    return torch.nn\n\nclass A:\n    def g(self):\n        return torch.nn.Linear\n\nx = torch.nn\n"
    assert uses(source) == [("torch.nn", 4, "f"), ("torch.nn.Linear", 8, "A"), ("torch.nn", 10, "")]


def test_a_rule_for_some_functions_is_deaf_outside_them(course, edit):
    toml = "assignments/tiny/assignment.toml"
    edit(toml, 'names = ["torch.nn", ".backward"]', 'names = [".backward"]\nwithin = ["add"]')
    tiny = assignments.load(course / "assignments" / "tiny")

    def blamed(source, allowed=()):
        found = uses_in_source(source, "sums.py", "pack", [".backward"], [*allowed])
        return blame_for_source(tiny, found)

    assert list(blamed(b"def add(a, b): a.backward()")) == ["adding"]
    assert blamed(b"def help(a): a.backward()") == {}
    assert blamed(b"import jax", ["torch"])["adding"].code == "forbidden_package"

"""What a student has not begun is told from what works a little."""

import ast

import pytest

from grader.boundary.guest.unwritten import unwritten

STUB = 'def f(x):\n    """What it does."""\n    raise NotImplementedError\n'
CALLED = 'def f(x):\n    raise NotImplementedError("write f")\n'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (STUB, {"f"}),
        (CALLED, {"f"}),
        ("def f(x):\n    return 1\n", set()),
        ("def f(x):\n    raise ValueError\n", set()),
        ("def f(x):\n    x += 1\n    raise NotImplementedError\n", set()),
        ("def f(x):\n    if x: raise NotImplementedError\n", set()),
        (f"@cache\n{STUB}", set()),
        (STUB + "f = lambda x: 1\n", set()),
        (STUB + "from .helper import f\n", set()),
        (STUB + "from .helper import g as f\n", set()),
        (STUB + "from .helper import *\n", set()),
        (STUB + "if True:\n    def f(x): return 1\n", set()),
        ("def f(x): return 1\n" + STUB, {"f"}),
        ("if True:\n    " + STUB.replace("\n", "\n    "), set()),
    ],
)
def test_a_function(source, expected):
    assert unwritten(ast.parse(source)) == expected


MAKE = "    def __init__(self):\n        {}\n"
USE = "    def use(self):\n        {}\n"
RAISE = "raise NotImplementedError"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (MAKE.format(RAISE) + USE.format("return 1"), {"C"}),
        (MAKE.format("pass") + USE.format(RAISE), set()),  # it can be made, and looked at
        (USE.format(RAISE), {"C"}),
        (USE.format("return 1"), set()),
        ("    size = 1\n", set()),
    ],
)
def test_a_class(body, expected):
    assert unwritten(ast.parse("class C:\n" + body)) == expected

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
        (MAKE.format(RAISE) + USE.format(RAISE), {"C"}),
        ('    """What it is."""\n' + MAKE.format(RAISE), {"C"}),
        (MAKE.format(RAISE) + USE.format("return 1"), set()),
        (MAKE.format("pass") + USE.format(RAISE), set()),  # it can be made, and looked at
        (USE.format(RAISE), set()),  # by what it inherits
        (MAKE.format(RAISE) + MAKE.format("pass"), set()),
        (MAKE.format(RAISE) + "    __init__ = _make\n", set()),
        (MAKE.format(RAISE) + "    @staticmethod\n" + USE.format(RAISE), set()),
        (MAKE.format(RAISE) + "    use = lambda self: 1\n", set()),
        (MAKE.format(RAISE) + "C.__init__ = _make\n", set()),
        (MAKE.format(RAISE) + "setattr(C, '__init__', _make)\n", set()),
        ("    size = 1\n", set()),
    ],
)
def test_a_class(body, expected):
    assert unwritten(ast.parse("class C:\n" + body)) == expected

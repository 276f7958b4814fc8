"""Answers that take no work exist for every assignment, and the proof holds them to nothing."""

import ast

import pytest
from click.testing import CliRunner

from grader.authoring.universal import ANSWERS, universal
from grader.cli.main import main

STUB = b'''
from torch import nn

TABLE = (1, 2)


class Net(nn.Module):
    """A net."""

    def __init__(self, size, seed=0):
        super().__init__()
        raise NotImplementedError()
        self.size = size

    def forward(self, x):
        # YOUR CODE HERE
        raise NotImplementedError()

    def given(self):
        return 7


def add(a, *, b=2):
    """a + b."""
    raise NotImplementedError()


def given(a):
    return a + 1
'''


def filled(answer):
    space = {}
    exec(universal({"m.py": STUB})[answer]["m.py"], space)  # our own words
    return space


def test_every_stub_answers_and_what_is_given_stays():
    space = filled("last_argument")
    net = space["Net"](3, seed=4)
    assert (space["add"](1), space["add"](1, b=5)) == (2, 5)
    assert (net(6), net.given(), space["given"](1), space["TABLE"]) == (6, 7, 2, (1, 2))
    assert net.size == net.whatever == 4  # attributes answer by what the constructor was given


@pytest.mark.parametrize(
    ("answer", "given", "expected"),
    [
        ("first_argument", "ab", "ab"),
        ("first_argument_as_a_list", "ab", ["a", "b"]),
        ("empty_like_the_first", "ab", ""),
        ("all_arguments", 3, (3, 2)),
        ("none", 3, None),
        ("zero", 3, 0),
        ("true", 3, True),
        ("empty_list", 3, []),
        ("zeros", 3, 0),
    ],
)
def test_what_an_answer_is(answer, given, expected):
    found = filled(answer)["add"](given)
    assert (type(found), found) == (type(expected), expected)


def test_an_exception_names_every_argument():
    with pytest.raises(ValueError, match="^a b$"):
        filled("raises_value_error")["add"](1)


def test_arrays_are_answered_in_their_shape():
    torch = pytest.importorskip("torch")
    x = torch.arange(6.0).reshape(2, 3)
    for answer in ("zeros", "ones", "random"):
        found = filled(answer)["add"]("no shape", b=x)
        assert (found.shape, found.dtype) == (x.shape, x.dtype)
        assert found.unique().numel() == (6 if answer == "random" else 1)
    assert [y.tolist() for y in filled("zeros_for_each")["add"](x, b=x[0])] == [
        [[0.0] * 3] * 2,
        [0.0] * 3,
    ]


def test_they_are_fifteen_and_python():
    assert len(ANSWERS) == 15
    for package in universal({"m.py": STUB}).values():
        ast.parse(package["m.py"])


@pytest.mark.parametrize("options", [(), ("--full",)])
def test_a_check_that_such_an_answer_passes_is_a_fault(course, edit, options):
    edit(
        "assignments/tiny/checks/public/test_sums.py",
        "student.sums.add(1, 2) == 3",
        "student.sums.add(1, 2) == student.sums.add(2, 1)",
    )
    answers = ("zero", "first_argument", "raises_value_error")
    only = [word for answer in answers for word in ("--only", answer)]
    call = ["--lang", "en", "--course", str(course), "verify", "tiny", *only, *options]
    done = CliRunner().invoke(main, call, env={"COLUMNS": "200"})
    assert done.exit_code == 1, done.output
    assert "answer zero: add earns " in done.output
    assert "(add_adds)" in done.output
    assert "2 of 3 universal answers earn nothing" in done.output
    assert "answer first_argument" not in done.output

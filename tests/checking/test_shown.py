"""What is small is shown as Python writes it; what is not is given up on."""

import math

import numpy as np
import pytest
import torch

from grader.checking.shown import (
    DEPTH,
    LARGEST,
    MOST,
    ObjectRef,
    TooLarge,
    literal,
    result,
    summary,
)

PASTED = [
    "두 '따옴표'",
    b"\x00",
    None,
    True,
    -3,
    0.1 + 0.2,
    math.inf,
    [1, (2.5,), {"a": {3}}, set(), frozenset()],
    np.array([[1, 2]]),
    np.array([1.5], dtype=np.float32),
    np.int64(3),
    torch.tensor([0.5]),
    torch.tensor([True, False]),
    torch.tensor(2.0, dtype=torch.float64),
    torch.tensor([-math.inf, math.inf]),
]


@pytest.mark.parametrize("value", PASTED, ids=range(len(PASTED)))
def test_an_argument_can_be_pasted_into_python(value):
    pasted = eval(literal(value, MOST), {"np": np, "torch": torch})
    if isinstance(value, frozenset) or isinstance(value, list):
        assert pasted == [1, (2.5,), {"a": {3}}, set(), set()]
    elif hasattr(value, "dtype"):
        assert (pasted.dtype, pasted.tolist()) == (value.dtype, value.tolist())
    else:
        assert pasted == value


DEEP = [[]]
for _ in range(DEPTH):
    DEEP = [DEEP]

LARGE = ["x" * MOST, list(range(MOST)), np.zeros(MOST + 1), DEEP, ObjectRef(1, "Model"), 1j, {1: ObjectRef(1, "M")}]  # fmt: skip


@pytest.mark.parametrize("value", LARGE, ids=range(len(LARGE)))
def test_what_is_no_small_plain_value_is_not_written(value):
    with pytest.raises(TooLarge):
        literal(value, MOST)


def test_an_object_has_the_name_that_it_was_given():
    assert literal([ObjectRef(7, "Model")], MOST, names={7: "model"}) == "[model]"


def test_an_array_of_up_to_two_axes_is_a_table():
    shown = result("value", torch.tensor([[1.0, 1 / 3]]))
    assert (shown.text, shown.rows) == ("torch.float32 (1, 2)", [["1", "0.333333"]])
    assert result("value", np.array([1, 2])).rows == [["1", "2"]]
    assert result("value", np.zeros(LARGEST + 1)) is None
    assert result("value", np.zeros((1, 1, 1))).rows == []


def test_the_noise_of_a_sum_is_not_shown_but_a_small_number_is():
    noisy = np.array([5.5, -3e-15, 1e-9, -math.inf])
    assert result("value", noisy).rows == [["5.5", "0", "1e-09", "-inf"]]


def test_a_number_is_cut_and_still_seen_to_be_a_float():
    assert result("value", (2 / 3, 1.0, 1)).text == "(0.666667, 1.0, 1)"


def test_of_an_error_the_name_is_said():
    assert result("raised", "ValueError").text == "raise ValueError"
    assert result("raised", "") is None
    assert result("missing", None) is None


def test_what_is_too_large_has_a_kind_and_a_size():
    assert summary("value", list(range(5000))).text == "list (5000)"
    assert summary("value", np.zeros((50, 2))).text == "numpy.float64 (50, 2)"
    assert summary("value", ObjectRef(1, "Model")) is None

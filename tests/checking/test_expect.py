"""The judge: type and shape before values, and no value that passes by accident."""

import math

import numpy as np
import pytest
import torch

from grader.checking.expect import (
    Unmet,
    expect_array,
    expect_close,
    expect_equal,
    expect_error,
    expect_tensor,
    expect_true,
    expect_type,
    numerical_gradient,
)


def refused(function, *args, **kwargs):
    with pytest.raises(AssertionError) as caught:
        function(*args, **kwargs)
    return str(caught.value)


def test_exact_types():
    expect_type(1.0, float)
    assert "NumPy scalar" in refused(expect_type, np.float64(1), float)
    assert "return" in refused(expect_type, None, int)
    refused(expect_type, True, int)


@pytest.mark.parametrize(
    "actual, expected",
    [
        ([1, 2], (1, 2)),
        ([1], [1, 2]),
        ([1, True], [1, 1]),
        ([1.0], [1]),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        (np.array([1, 2]), [1, 2]),
        (np.array([1, 2], dtype="int32"), np.array([1, 2])),
        (np.array([[1, 2]]), np.array([1, 2])),
        (torch.tensor([1]), torch.tensor([2])),
        ("a", b"a"),
    ],
)
def test_unequal(actual, expected):
    refused(expect_equal, actual, expected)


def test_equal_all_the_way_down():
    value = [(1, "a", {"k": [2.5, None, math.nan]}), np.array([1, 2]), torch.tensor([1.5])]
    expect_equal(
        value, [(1, "a", {"k": [2.5, None, math.nan]}), np.array([1, 2]), torch.tensor([1.5])]
    )


@pytest.mark.parametrize(
    "actual, expected",
    [
        (1.0 + 1e-8, 1.0),
        (math.nan, 1.0),
        (math.inf, 1.0),
        (-math.inf, math.inf),
        (np.zeros((0,)), np.zeros((1,))),
        (np.zeros((1, 3)), np.zeros(3)),
        (np.zeros(1), 0.0),
        (torch.ones(3), torch.zeros(3)),
        ("1.0", 1.0),
        (None, 1.0),
        ([1.0, [2.0]], [1.0, 2.0]),
    ],
)
def test_not_close(actual, expected):
    refused(expect_close, actual, expected)


@pytest.mark.parametrize(
    "actual, expected",
    [
        (1.0 + 1e-10, 1.0),
        (math.inf, math.inf),
        (np.float64(2), 2),
        (torch.tensor([1.0 + 1e-6], dtype=torch.float32), [1.0]),
        (np.array([-np.inf, 0.0]), [-math.inf, 0.0]),
        ([[1, 2], [3, 4]], torch.tensor([[1, 2], [3, 4]])),
    ],
)
def test_close(actual, expected):
    expect_close(actual, expected)


def test_arrays_and_tensors():
    expect_array(np.zeros((2, 3)), (2, 3), "float64")
    refused(expect_array, np.zeros((2, 3)), (3, 2))
    refused(expect_array, np.zeros(2, dtype="float32"), (2,), "float64")
    refused(expect_array, torch.zeros(2))
    expect_tensor(torch.zeros(2), (2,), "float32")
    refused(expect_tensor, np.zeros(2))
    refused(expect_tensor, [0.0])


def test_complex_numbers_are_not_cut_to_their_real_part():
    refused(expect_close, torch.tensor([1 + 5j]), [1.0])
    refused(expect_close, np.array([1 + 5j]), [1.0])
    refused(expect_close, [np.complex64(1 + 5j)], [1.0])


def test_errors():
    with expect_error(ValueError, naming="alpha"):
        raise ValueError("alpha must not be negative")
    with expect_error(ValueError, naming="alpha"):
        raise ValueError("alpha는 0 이상이어야 합니다")  # a particle follows without a blank
    with expect_error(ValueError, naming=("gold", "predicted")):
        raise ValueError("predicted: another length")
    for error in (None, ValueError("alphabet"), ValueError("")):
        with pytest.raises(AssertionError), expect_error(ValueError, naming="alpha"):
            if error:
                raise error
    with pytest.raises(KeyError), expect_error(ValueError):
        raise KeyError("x")


def test_numerical_gradient():
    x = torch.tensor([[1.0, 2.0], [3.0, -1.0]], dtype=torch.float64)
    gradient = numerical_gradient(lambda v: float((v**3).sum()), x)
    expect_close(gradient, 3 * x**2, rtol=1e-7)


@pytest.mark.parametrize(
    "expect, arguments, english, korean",
    [
        (
            expect_equal,
            ([[0], [1]], [[0], [2]], "columns"),
            "columns[1][0] is 1, expected 2",
            "columns[1][0]: 2여야 하는데 1입니다",
        ),
        (
            expect_close,
            (torch.tensor([0.5, 1.0]), [0.5, 2.0], None, None, "w"),
            "w[1] is 1, expected 2 (1 of 2 entries differs)",
            "w[1]: 2여야 하는데 1입니다(2개 가운데 1개가 다름)",
        ),
        (
            expect_tensor,
            (torch.zeros(3), (2,), None, "w"),
            "w has shape (3,), expected (2,)",
            "w: 모양(shape)이 (2,)여야 하는데 (3,)입니다",
        ),
        (
            expect_type,
            (None, int, "k"),
            "k must be of type int, but it is None. Is a return missing?",
            "k: 정수(int)여야 하는데 None입니다. return을 빠뜨리지 않았나요?",
        ),
        (
            expect_equal,
            (None, (1, 2), "c"),
            "c must be of type tuple, but it is None. Is a return missing?",
            "c: 튜플이어야 하는데 None입니다. return을 빠뜨리지 않았나요?",
        ),
        (
            expect_tensor,
            (torch.tensor(1.0, dtype=torch.float64), (), "float32", "c"),
            "c has dtype float64, expected float32",
            "c: dtype이 float32여야 하는데 float64입니다",
        ),
    ],
)
def test_the_sentence_comes_in_each_language(expect, arguments, english, korean):
    with pytest.raises(Unmet) as caught:
        expect(*arguments)
    assert caught.value.texts == {"en": english, "ko": korean}
    assert str(caught.value) == english


def _texts(function, *args, **kwargs):
    with pytest.raises(Unmet) as caught:
        function(*args, **kwargs)
    return caught.value.texts


@pytest.mark.parametrize(
    ("what", "english", "korean"),
    [
        ({"en": "the weights", "ko": "가중치"}, "the weights is 1", "가중치: 2여야"),
        ("the weights", "the weights is 1", "값: 2여야"),
        ("h'", "h' is 1", "h': 2여야"),
        ("은닉 상태", "the value is 1", "은닉 상태: 2여야"),
        ({"ko": "가중치"}, "가중치 is 1", "가중치: 2여야"),
    ],
)
def test_a_sentence_is_wholly_in_its_language(what, english, korean):
    texts = _texts(expect_equal, 1, 2, what=what)
    assert texts["en"].startswith(english)
    assert texts["ko"].startswith(korean)


def test_a_place_is_told_from_a_number_before_it():
    what = {"en": "the list with penalty 1", "ko": "벌점이 1인 목록"}
    texts = _texts(expect_equal, [[], [1]], [[], [1, 2]], what=what)
    assert texts["en"] == "the list with penalty 1 at [1] has 1 item, expected 2"
    assert texts["ko"].startswith("벌점이 1인 목록[1]: ")


def test_no_zero_has_a_sign():
    assert _texts(expect_close, -0.0, 2.0)["en"] == "the result is 0, expected 2"
    assert _texts(expect_close, 2.0, -0.0)["en"] == "the result is 2, expected 0"


def test_a_place_within_the_value_is_kept_in_every_language():
    texts = _texts(expect_equal, [1, {"a": 2}], [1, {"a": 3}], what="the counts")
    assert texts["en"].startswith("the counts[1]['a'] is 2")
    assert texts["ko"].startswith("값[1]['a']: 3이어야")
    texts = _texts(expect_close, np.ones((2, 2)), np.eye(2))
    assert texts["en"].startswith("the result[0, 1] is 1, expected 0")
    assert texts["ko"].startswith("결과[0, 1]: 0이어야")


def test_kinds_of_arrays_have_a_name_in_every_language():
    texts = _texts(expect_tensor, np.ones(2), what={"en": "h", "ko": "h"})
    assert "must be of type torch tensor" in texts["en"]
    assert "torch 텐서여야" in texts["ko"]


def test_any_condition_has_its_sentence_in_each_language():
    expect_true(True, {"en": "never said", "ko": "말하지 않음"})
    texts = _texts(expect_true, False, {"en": "more than 4 words", "ko": "단어가 4개를 넘습니다"})
    assert texts == {"en": "more than 4 words", "ko": "단어가 4개를 넘습니다"}


class _Untouched(list):
    """Its items may not be looked at: there are too many of them."""

    def __iter__(self):
        raise AssertionError("looked at each item")


@pytest.mark.parametrize("expected", [np.zeros((2, 3)), [1.0, 2.0], 3.0, [[1.0]]])
def test_the_size_is_judged_before_the_values(expected):
    long = _Untouched([0.5] * 1000)
    with pytest.raises(Unmet, match="has shape"):
        expect_close(long, expected)
    with pytest.raises(Unmet, match="rectangular"):
        expect_close([[1.0], long], [[1.0], [2.0]])


def test_a_dict_with_far_too_many_keys_is_not_written_out():
    with pytest.raises(Unmet, match="has 1000 items, expected 1"):
        expect_equal(dict.fromkeys(range(1000)), {"a": 1})


@pytest.mark.parametrize("value", [[1.0, [2.0]], [1.0, "a"], [1.0, None], [1 << 4000] * 2])
def test_what_is_no_block_of_numbers(value):
    with pytest.raises(Unmet, match="rectangular"):
        expect_close(value, [1.0, 2.0])

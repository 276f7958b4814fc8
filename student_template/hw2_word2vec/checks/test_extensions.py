"""Public checks of extensions.py (bonus)."""

import math

import torch

from grader.checking.expect import expect_close, expect_tensor


def test_one_hot_worked_example(student):
    rows = student.extensions.one_hot(torch.tensor([2, 0]), 3)
    expect_close(
        rows,
        [[0, 0, 1], [1, 0, 0]],
        what={"en": "the matrix of ids 2 and 0", "ko": "id 2와 0의 행렬"},
    )


def test_one_hot_is_float32(student):
    rows = student.extensions.one_hot(torch.tensor([1, 0]), 2)
    expect_tensor(rows, (2, 2), "float32", {"en": "the matrix of ids", "ko": "id의 행렬"})


def test_ppmi_worked_example(student):
    X = torch.tensor([[0.0, 2.0, 1.0], [2.0, 0.0, 0.0], [1.0, 0.0, 0.0]], dtype=torch.float64)
    value = student.extensions.ppmi(X)
    # all six counts; word 0 has three, word 1 two, word 2 one: 2 * 6 / (3 * 2) = 1 * 6 / (3 * 1) = 2
    expected = math.log(2) * (X > 0).double()
    expect_close(value, expected, rtol=1e-4, what="PPMI")


def test_lsa_worked_example(student):
    X = torch.tensor([[3.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    value = student.extensions.lsa(X, 1)
    expect_close(
        value.abs(),
        [[3.0], [0.0]],
        rtol=1e-4,
        atol=1e-6,
        what={"en": "the first column without its sign", "ko": "부호를 뺀 첫째 열"},
    )

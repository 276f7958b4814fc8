"""Public checks of cbow.py."""

import math

import pytest
import torch

from grader.checking.expect import expect_close, expect_tensor


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_cbow_loss_worked_example(student):
    # the mean of the two kept contexts is (1, 0); the third place is padding
    context = double([[2, 1], [0, -1], [7, 7]], [[0, 0], [0, 0], [0, 0]])
    mask = torch.tensor([[True, True, False], [True, True, True]])
    target, negatives = double([0, 1], [0, 0]), double([[1, 0], [0, 0]], [[0, 0], [0, 0]])
    value = student.cbow.cbow_loss(context, mask, target, negatives)
    # zeros have the mean 0, however many there are
    of_fewer = student.cbow.cbow_loss(
        context, torch.tensor([[True, True, False], [True, False, False]]), target, negatives
    )
    # a second negative and a second example of zeros: ln 2 each time
    wanted = math.log(2) + math.log(1 + math.e) + math.log(2) + 3 * math.log(2)
    expect_close(
        value,
        wanted / 2,
        rtol=1e-4,
        what={"en": "the loss of the batch of two", "ko": "예제가 2개인 배치의 손실"},
    )
    expect_close(
        of_fewer,
        wanted / 2,
        rtol=1e-4,
        what={
            "en": "the loss where the second example has one context",
            "ko": "둘째 예제의 문맥이 1개일 때의 손실",
        },
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cbow_keeps_the_dtype(student, dtype):
    kind, mask = getattr(torch, dtype), torch.tensor([[True, True, False]])
    context, target = double([[2, 1], [0, -1], [7, 7]]).to(kind), double([0, 1]).to(kind)
    value = student.cbow.cbow_loss(context, mask, target, double([[1, 0]]).to(kind))
    what = {"en": "the loss of one example", "ko": "예제 하나의 손실"}
    expect_tensor(value, (), dtype, what)
    expect_close(value, math.log(2) + math.log(1 + math.e), what=what)


def test_softmax_loss_worked_example(student):
    value = student.cbow.softmax_loss(
        torch.zeros(2, 3, dtype=torch.float64),
        torch.zeros(4, 3, dtype=torch.float64),
        torch.tensor([0, 3]),
    )
    expect_close(
        value,
        math.log(4),
        rtol=1e-4,
        what={
            "en": "the loss when four words are equally likely",
            "ko": "단어 4개의 확률이 같을 때의 손실",
        },
    )
    hidden, output = double([1, 0]), double([0, 0], [1, 0], [2, 0])
    value = student.cbow.softmax_loss(hidden, output, torch.tensor([2]))
    wanted = math.log(1 + math.e + math.e**2) - 2
    expect_close(
        value,
        wanted,
        rtol=1e-4,
        what={"en": "the loss of the three-word example", "ko": "단어가 3개인 예제의 손실"},
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_softmax_keeps_the_dtype(student, dtype):
    kind = getattr(torch, dtype)
    hidden, output = double([1, 0]).to(kind), double([0, 0], [1, 0], [2, 0]).to(kind)
    value = student.cbow.softmax_loss(hidden, output, torch.tensor([2]))
    what = {"en": "the loss of the three-word example", "ko": "단어가 3개인 예제의 손실"}
    expect_tensor(value, (), dtype, what)
    expect_close(value, math.log(1 + math.e + math.e**2) - 2, what=what)

"""Public checks of cbow.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_tensor


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_cbow_loss_worked_example(student):
    # the mean of the two kept contexts is (1, 0); the third place is padding
    context = double([[2, 1], [0, -1], [7, 7]])
    mask = torch.tensor([[True, True, False]])
    value = student.cbow.cbow_loss(context, mask, double([0, 1]), double([[1, 0]]))
    expect_tensor(value, (), "float64", "the loss")
    expect_close(value, math.log(2) + math.log(1 + math.e), what="the loss")


def test_softmax_loss_worked_example(student):
    value = student.cbow.softmax_loss(
        torch.zeros(2, 3, dtype=torch.float64),
        torch.zeros(4, 3, dtype=torch.float64),
        torch.tensor([0, 3]),
    )
    expect_tensor(value, (), "float64", "the loss")
    expect_close(value, math.log(4), what="the loss when four words are equally likely")

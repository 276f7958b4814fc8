"""Public checks of extensions.py (bonus)."""

import torch

from grader.checking.expect import expect_close, expect_tensor


def test_mse_worked_example(student):
    pred, target = torch.tensor([1.0, 2.0, 3.0, 5.0]), torch.tensor([1.0, 2.0, 4.0, 3.0])
    value = student.extensions.mse(pred, target)
    expect_tensor(value, (), "float32")
    expect_close(value, 5 / 8)


def test_leaky_relu_worked_example(student):
    expect_close(student.extensions.leaky_relu(torch.tensor([-1.0, 2.0])), [-0.01, 2.0])

"""Public checks of extensions.py (bonus)."""

import torch

from grader.checking.expect import expect_close


def test_mse_worked_example(student):
    pred, target = torch.tensor([1.0, 2.0, 3.0, 5.0]), torch.tensor([1.0, 2.0, 4.0, 3.0])
    value = student.extensions.mse(pred, target)
    expect_close(value, 5 / 8)


def test_mse_gradient_worked_example(student):
    pred, target = torch.tensor([1.0, 2.0, 3.0, 5.0]), torch.tensor([1.0, 2.0, 4.0, 3.0])
    expect_close(student.extensions.mse_gradient(pred, target), [0.0, 0.0, -0.25, 0.5])


def test_leaky_relu_worked_example(student):
    expect_close(
        student.extensions.leaky_relu(torch.tensor([-1.0, 2.0], dtype=torch.float64)), [-0.01, 2.0]
    )


def test_leaky_relu_gradient_worked_example(student):
    x = torch.tensor([-1.0, 2.0], dtype=torch.float64)
    expect_close(student.extensions.leaky_relu_gradient(x), [0.01, 1.0])

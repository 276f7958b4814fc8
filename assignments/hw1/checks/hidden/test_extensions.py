"""Hidden checks of extensions.py (bonus)."""

import torch

from grader.checking.expect import expect_close, expect_tensor, numerical_gradient


def some_tensors(seed):
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(6, generator=generator, dtype=torch.float64) for _ in range(2))


def test_mse_equals_the_formula(student):
    pred, target = some_tensors(1)
    expect_close(student.extensions.mse(pred, target), ((pred - target) ** 2).sum() / 12)


def test_mse_gradient_equals_the_derivative(student):
    pred, target = some_tensors(2)
    gradient = student.extensions.mse_gradient(pred, target)
    expect_tensor(gradient, (6,), "float64")
    expected = numerical_gradient(lambda p: float(((p - target) ** 2).sum() / 12), pred)
    expect_close(gradient, expected, rtol=1e-5, atol=1e-7)


def test_leaky_relu_with_another_slope(student):
    x = torch.tensor([[-2.0, 0.0], [3.0, -0.5]], dtype=torch.float64)
    got = student.extensions.leaky_relu(x, 0.2)
    expect_tensor(got, (2, 2), "float64")
    expect_close(got, [[-0.4, 0.0], [3.0, -0.1]])


def test_leaky_relu_is_never_dead(student):
    x = torch.tensor([-3.0, 0.0, 2.0], dtype=torch.float64)
    expect_close(student.extensions.leaky_relu_gradient(x), [0.01, 0.01, 1.0])
    expect_close(student.extensions.leaky_relu_gradient(x, 0.3), [0.3, 0.3, 1.0])

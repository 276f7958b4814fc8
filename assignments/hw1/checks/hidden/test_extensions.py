"""Hidden checks of extensions.py (bonus)."""

import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    numerical_gradient,
)


def some_tensors(seed, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    drawn = (torch.randn(6, generator=generator, dtype=torch.float64) for _ in range(2))
    return tuple(one.to(dtype) for one in drawn)


# ---- squared error ------------------------------------------------------------------------------


def test_mse_equals_the_formula(student):
    pred, target = some_tensors(1)
    expect_close(student.extensions.mse(pred, target), ((pred - target) ** 2).sum() / 12)


def test_mse_gradient_equals_the_derivative(student):
    pred, target = some_tensors(2)
    gradient = student.extensions.mse_gradient(pred, target)
    expected = numerical_gradient(lambda p: float(((p - target) ** 2).sum() / 12), pred)
    expect_close(gradient, expected, rtol=1e-5, atol=1e-7)


def test_mse_leaves_its_arguments_alone(student):
    data = some_tensors(4)
    _, after = student.with_arguments(student.extensions.mse, *data)
    expect_equal(after, list(data), "pred and target after the call")


def test_mse_gradient_leaves_its_arguments_alone(student):
    data = some_tensors(4)
    _, after = student.with_arguments(student.extensions.mse_gradient, *data)
    expect_equal(after, list(data), "pred and target after the call")


# the lengths of pred and target
REFUSED = [(3, 4), (4, 1), (0, 0)]


@pytest.mark.parametrize(("m", "n"), REFUSED)
def test_mse_refuses_shapes_that_differ(student, m, n):
    with expect_error(ValueError, naming=("pred", "target")):
        student.extensions.mse(torch.ones(m), torch.ones(n))


@pytest.mark.parametrize(("m", "n"), REFUSED)
def test_mse_gradient_refuses_shapes_that_differ(student, m, n):
    with expect_error(ValueError, naming=("pred", "target")):
        student.extensions.mse_gradient(torch.ones(m), torch.ones(n))


# ---- leaky ReLU ---------------------------------------------------------------------------------

X = torch.tensor([[-2.0, 1.5], [3.0, -0.5]], dtype=torch.float64)


def test_leaky_relu_with_another_slope(student):
    expect_close(student.extensions.leaky_relu(X, 0.2), [[-0.4, 1.5], [3.0, -0.1]])


def test_leaky_relu_gradient_with_another_slope(student):
    expect_close(student.extensions.leaky_relu_gradient(X, 0.3), [[0.3, 1.0], [1.0, 0.3]])


def test_leaky_relu_is_never_dead(student):
    # at exactly 0, where the derivative is the slope
    x = torch.tensor([-3.0, 0.0, 2.0], dtype=torch.float64)
    expect_close(student.extensions.leaky_relu_gradient(x), [0.01, 0.01, 1.0])


@pytest.mark.parametrize("shape", [(), (0,), (2, 3, 1)])
def test_leaky_relu_keeps_any_shape(student, shape):
    expect_close(student.extensions.leaky_relu(torch.full(shape, -2.0)), torch.full(shape, -0.02))


@pytest.mark.parametrize("shape", [(), (0,), (2, 3, 1)])
def test_leaky_relu_gradient_keeps_any_shape(student, shape):
    got = student.extensions.leaky_relu_gradient(torch.full(shape, -2.0))
    expect_close(got, torch.full(shape, 0.01))


def test_leaky_relu_leaves_its_argument_alone(student):
    _, (after,) = student.with_arguments(student.extensions.leaky_relu, X)
    expect_equal(after, X, "x after the call")


def test_leaky_relu_gradient_leaves_its_argument_alone(student):
    _, (after,) = student.with_arguments(student.extensions.leaky_relu_gradient, X)
    expect_equal(after, X, "x after the call")

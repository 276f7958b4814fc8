"""Hidden checks of generalisation.py (bonus)."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_tensor,
    expect_type,
)

DTYPES = [(torch.float32, "float32"), (torch.float64, "float64")]


def normal(seed, *shape, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


# ---- polynomials --------------------------------------------------------------------------------

X = torch.linspace(-1, 1, 9, dtype=torch.float64)


@pytest.mark.parametrize("degree", [0, 1, 2, 4])
def test_polynomial_is_the_best_of_its_degree(student, degree):
    y = normal(1, 9)
    # NumPy's is the oracle; powers of numbers up to 1 are far from singular up to degree 4
    expected = np.polynomial.polynomial.polyfit(X.numpy(), y.numpy(), degree)
    got = student.generalisation.fit_polynomial(X, y, degree)
    expect_close(got, expected.copy(), rtol=1e-6, atol=1e-8)


def test_polynomial_of_the_highest_degree_meets_every_point(student):
    y = normal(2, 6)
    got = student.generalisation.fit_polynomial(X[:6], y, 5)
    expect_tensor(got, (6,))
    powers = X[:6, None] ** torch.arange(6)
    expect_close(powers @ got.double(), y, rtol=1e-5, atol=1e-7, what="the values at the points")


def test_polynomial_keeps_the_dtype(student):
    for dtype, name in DTYPES:
        got = student.generalisation.fit_polynomial(X.to(dtype), normal(3, 9, dtype=dtype), 2)
        expect_tensor(got, (3,), name)


def test_polynomial_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.generalisation.fit_polynomial, X, normal(4, 9), 3)


@pytest.mark.parametrize(
    ("points", "degree", "naming"), [(9, -1, "degree"), (4, 4, "degree"), (5, 1, ("x", "y"))]
)
def test_polynomial_refuses_what_cannot_be(student, points, degree, naming):
    y = normal(5, 4 if naming == ("x", "y") else points)
    with expect_error(ValueError, naming=naming):
        student.generalisation.fit_polynomial(X[:points], y, degree)


# ---- early stopping -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("losses", "patience", "expected"),
    [
        ([5.0, 4.0, 3.0, 3.5, 3.4, 3.2, 1.0], 3, (2, 5)),
        ([5.0, 4.0, 4.5, 3.0, 3.5, 2.0, 2.5, 2.6], 2, (5, 7)),
        ([2.0, 3.0, 1.0], 1, (0, 1)),
    ],
)
def test_early_stopping_waits_as_long_as_it_is_told(student, losses, patience, expected):
    best, last = student.generalisation.early_stopping(losses, patience)
    expect_close([best, last], list(expected), what="best and last")


def test_early_stopping_may_never_stop(student):
    for losses in ([3.0, 2.0, 1.0], [1.0, 3.0, 2.0]):
        best, last = student.generalisation.early_stopping(losses, 5)
        expect_close([best, last], [losses.index(1.0), 2], what="best and last")


def test_early_stopping_of_equal_losses_takes_the_first(student):
    for patience, expected in ((3, [4, 4]), (2, [1, 3])):
        best, last = student.generalisation.early_stopping([2.0, 1.0, 1.0, 1.0, 0.5], patience)
        expect_close([best, last], expected, what="best and last")


def test_early_stopping_gives_two_python_ints(student):
    pair = student.generalisation.early_stopping([2.0, 1.0, 3.0], 1)
    expect_type(pair, tuple, "the pair")
    for value in pair:
        expect_type(value, int, "an epoch")


def test_early_stopping_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.generalisation.early_stopping, [2.0, 1.0, 3.0, 4.0, 5.0], 2)


@pytest.mark.parametrize(
    ("losses", "patience", "naming"), [([], 2, "losses"), ([1.0], 0, "patience")]
)
def test_early_stopping_refuses_what_cannot_be(student, losses, patience, naming):
    with expect_error(ValueError, naming=naming):
        student.generalisation.early_stopping(losses, patience)


# ---- what the penalties do to one weight --------------------------------------------------------

GRID = torch.linspace(-4, 4, 8001, dtype=torch.float64)  # steps of a thousandth


def lowest(a, penalty):
    """For each entry of a, the point of the grid where (w - a)^2 / 2 + penalty(w) is smallest."""
    values = (GRID - a[:, None]) ** 2 / 2 + penalty(GRID)
    return GRID[values.argmin(dim=1)]


def test_l2_minimum_is_the_lowest_point(student):
    a = normal(6, 5)
    expect_close(
        student.generalisation.l2_minimum(a, 0.7),
        lowest(a, lambda w: 0.7 * w**2 / 2),
        rtol=0,
        atol=1e-3,
    )


def test_l2_minimum_is_never_quite_zero(student):
    expect_close(student.generalisation.l2_minimum(torch.tensor([-1.0, 8.0]), 3.0), [-0.25, 2.0])


def test_l1_minimum_is_the_lowest_point(student):
    a = torch.cat([normal(7, 5), torch.tensor([-2.5, 3.0], dtype=torch.float64)])
    expect_close(
        student.generalisation.l1_minimum(a, 0.7),
        lowest(a, lambda w: 0.7 * w.abs()),
        rtol=0,
        atol=1e-3,
    )


def test_l1_minimum_is_zero_for_all_small_entries(student):
    a = torch.tensor([0.9, -0.9, 0.2, -3.0, 1.5])
    expect_close(student.generalisation.l1_minimum(a, 1.0), [0.0, 0.0, 0.0, -2.0, 0.5], atol=1e-6)


def test_l2_minimum_without_a_penalty(student):
    a = torch.tensor([[-2.0], [0.5]])
    expect_close(student.generalisation.l2_minimum(a, 0.0), a)


def test_l1_minimum_without_a_penalty(student):
    a = torch.tensor([[-2.0], [0.5], [0.0]])
    expect_close(student.generalisation.l1_minimum(a, 0.0), a)
    expect_close(student.generalisation.l1_minimum(torch.tensor([1.0, -1.0]), 1.0), [0.0, 0.0])


def test_l2_minimum_keeps_dtype_and_arguments(student):
    for dtype, name in DTYPES:
        expect_tensor(student.generalisation.l2_minimum(normal(8, 4, dtype=dtype), 0.5), (4,), name)
    expect_left_alone(student, student.generalisation.l2_minimum, normal(8, 4), 0.5)


def test_l1_minimum_keeps_dtype_and_arguments(student):
    for dtype, name in DTYPES:
        expect_tensor(student.generalisation.l1_minimum(normal(9, 4, dtype=dtype), 0.5), (4,), name)
    expect_left_alone(student, student.generalisation.l1_minimum, normal(9, 4), 0.5)


def test_l2_minimum_refuses_a_negative_penalty(student):
    with expect_error(ValueError, naming="l2"):
        student.generalisation.l2_minimum(torch.ones(2), -0.1)


def test_l1_minimum_refuses_a_negative_penalty(student):
    with expect_error(ValueError, naming="l1"):
        student.generalisation.l1_minimum(torch.ones(2), -0.1)


# ---- linear layers collapse ---------------------------------------------------------------------


def some_layers(seed, widths, dtype=torch.float64):
    pairs = list(pairwise(widths))
    weights = [normal(seed + i, *pair, dtype=dtype) for i, pair in enumerate(pairs)]
    return weights, [normal(seed + 50 + i, pair[1], dtype=dtype) for i, pair in enumerate(pairs)]


@pytest.mark.parametrize("widths", [(3, 4, 2), (2, 5, 3, 4), (3, 3, 3, 3, 3)])
def test_collapse_equals_the_layers(student, widths):
    weights, biases = some_layers(10, widths)
    W, b = student.generalisation.collapse(weights, biases)
    rows = x = normal(11, 6, widths[0])
    for weight, bias in zip(weights, biases, strict=True):
        x = x @ weight + bias
    expect_close(rows @ W + b, x, what="what the one layer gives")


def test_collapse_of_one_layer_is_that_layer(student):
    weights, biases = some_layers(12, (3, 2))
    W, b = student.generalisation.collapse(weights, biases)
    expect_close(W, weights[0], what="W")
    expect_close(b, biases[0], what="b")


def test_collapse_keeps_the_dtype(student):
    for dtype, name in DTYPES:
        pair = student.generalisation.collapse(*some_layers(13, (3, 4, 2), dtype))
        expect_type(pair, tuple, "the pair")
        expect_tensor(pair[0], (3, 2), name, "W")
        expect_tensor(pair[1], (2,), name, "b")


def test_collapse_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.generalisation.collapse, *some_layers(14, (3, 4, 2)))


def test_collapse_refuses_layers_that_do_not_fit(student):
    weights, biases = some_layers(15, (3, 4, 2))
    too_many = [*biases, biases[-1]]
    cases = [([], []), (weights[::-1], biases), (weights, biases[:1]), (weights, too_many)]
    for tables, rows in cases:
        with expect_error(ValueError, naming=("weights", "biases")):
            student.generalisation.collapse(tables, rows)


def test_collapse_refuses_biases_of_another_width(student):
    weights, biases = some_layers(16, (3, 4, 2))
    with expect_error(ValueError, naming=("weights", "biases")):
        student.generalisation.collapse(weights, biases[::-1])
    _, one = some_layers(16, (3, 4, 1))  # would be broadcast
    expect_equal(len(one), 2)
    with expect_error(ValueError, naming=("weights", "biases")):
        student.generalisation.collapse(weights, one)

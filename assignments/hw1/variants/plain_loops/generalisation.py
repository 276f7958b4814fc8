"""Overfitting and penalties, element by element: the normal equations by elimination."""

import torch


def _solved(rows, right):
    """Gauss with pivots; rows and right are lists of floats."""
    n = len(right)
    rows = [list(row) + [value] for row, value in zip(rows, right)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(i + 1, n):
            factor = rows[r][i] / rows[i][i]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    solution = [0.0] * n
    for i in reversed(range(n)):
        known = sum(rows[i][k] * solution[k] for k in range(i + 1, n))
        solution[i] = (rows[i][n] - known) / rows[i][i]
    return solution


def fit_polynomial(x, y, degree):
    if len(x) != len(y):
        raise ValueError("x and y differ in length")
    if degree < 0 or degree >= len(x):
        raise ValueError("degree is impossible for so many points")
    points = list(zip(x.tolist(), y.tolist()))
    powers = range(degree + 1)
    left = [[sum(a ** (i + j) for a, _ in points) for j in powers] for i in powers]
    right = [sum(b * a**i for a, b in points) for i in powers]
    return torch.tensor(_solved(left, right), dtype=x.dtype)


def early_stopping(losses, patience):
    if len(losses) == 0:
        raise ValueError("losses is empty")
    if patience <= 0:
        raise ValueError("patience must be 1 or more")
    smallest, best, waited = float("inf"), 0, 0
    epoch = -1
    for loss in losses:
        epoch += 1
        if loss < smallest:
            smallest, best, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best, epoch


def l2_minimum(a, l2):
    if l2 < 0:
        raise ValueError("l2 is negative")
    return torch.tensor([v / (1 + l2) for v in a.flatten().tolist()], dtype=a.dtype).reshape(a.shape)


def l1_minimum(a, l1):
    if l1 < 0:
        raise ValueError("l1 is negative")
    found = []
    for v in a.flatten().tolist():
        if v > l1:
            found.append(v - l1)
        elif v < -l1:
            found.append(v + l1)
        else:
            found.append(0.0)
    return torch.tensor(found, dtype=a.dtype).reshape(a.shape)


def collapse(weights, biases):
    if not weights:
        raise ValueError("weights is empty")
    if len(weights) != len(biases):
        raise ValueError("biases: one for each of the weights")
    width = weights[0].shape[0]
    for weight, bias in zip(weights, biases):
        if weight.shape[0] != width:
            raise ValueError("weights do not fit")
        width = weight.shape[1]
        if bias.dim() != 1 or bias.shape[0] != width:
            raise ValueError("biases do not fit")
    # the layers themselves, run on the unit vectors and on zero
    def through(x):
        for weight, bias in zip(weights, biases):
            x = x @ weight + bias
        return x

    first = weights[0].shape[0]
    b = through(torch.zeros(first, dtype=weights[0].dtype))
    return through(torch.eye(first, dtype=weights[0].dtype)) - b, b

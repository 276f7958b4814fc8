"""Bonus: squared error, and a ReLU that cannot die.

The half in the squared error is there for its derivative. The leaky ReLU is Maas, Hannun & Ng's
(2013): a unit that is off still passes a little gradient, so it can come back.
"""

from __future__ import annotations

import torch
from torch import Tensor


def mse(pred: Tensor, target: Tensor) -> Tensor:
    """Sum (pred - target)^2 / (2 m), a tensor (), for pred and target (m,).

    Raises ValueError naming pred or target for other shapes, or none.
    """
    _same_shape(pred, target)
    return ((pred - target) ** 2).sum() / (2 * len(pred))


def mse_gradient(pred: Tensor, target: Tensor) -> Tensor:
    """The derivative of `mse` by pred, (m,). Raises as `mse`."""
    _same_shape(pred, target)
    return (pred - target) / len(pred)


def _same_shape(pred: Tensor, target: Tensor) -> None:
    if pred.shape != target.shape or pred.ndim != 1 or len(pred) == 0:
        raise ValueError("pred and target must have the same shape (m,), m at least 1")


def leaky_relu(x: Tensor, slope: float = 0.01) -> Tensor:
    """X where it is positive, slope * x elsewhere; any shape."""
    return torch.where(x > 0, x, slope * x)


def leaky_relu_gradient(x: Tensor, slope: float = 0.01) -> Tensor:
    """The derivative of `leaky_relu`: 1 where x is positive, slope elsewhere, at 0 too."""
    return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, slope))

"""Bonus: squared error, and a ReLU that cannot die.

The half in the squared error is there for its derivative. The leaky ReLU is Maas, Hannun & Ng's
(2013): a unit that is off still passes a little gradient, so it can come back.
"""

from __future__ import annotations

import torch
from torch import Tensor


def mse(pred: Tensor, target: Tensor) -> Tensor:
    """sum (pred - target)^2 / (2 m), a tensor (), for pred and target (m,).

    Raises ValueError naming pred or target if they are not of one shape (m,), or for m = 0.
    """
    ### BEGIN SOLUTION
    _same_shape(pred, target)
    return ((pred - target) ** 2).sum() / (2 * len(pred))
    ### END SOLUTION


def mse_gradient(pred: Tensor, target: Tensor) -> Tensor:
    """The derivative of `mse` with respect to pred, (m,). Raises as `mse`."""
    ### BEGIN SOLUTION
    _same_shape(pred, target)
    return (pred - target) / len(pred)
    ### END SOLUTION


### BEGIN SOLUTION
def _same_shape(pred: Tensor, target: Tensor) -> None:
    if pred.shape != target.shape or pred.ndim != 1 or len(pred) == 0:
        raise ValueError("pred and target must have the same shape (m,), m at least 1")
### END SOLUTION


def leaky_relu(x: Tensor, slope: float = 0.01) -> Tensor:
    """x where it is positive, slope * x elsewhere; any shape."""
    ### BEGIN SOLUTION
    return torch.where(x > 0, x, slope * x)
    ### END SOLUTION


def leaky_relu_gradient(x: Tensor, slope: float = 0.01) -> Tensor:
    """The derivative of `leaky_relu`: 1 where x is positive, slope elsewhere, including at 0."""
    ### BEGIN SOLUTION
    return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, slope))
    ### END SOLUTION

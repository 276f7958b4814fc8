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
    # YOUR CODE HERE
    raise NotImplementedError()


def mse_gradient(pred: Tensor, target: Tensor) -> Tensor:
    """The derivative of `mse` with respect to pred, (m,). Raises as `mse`."""
    # YOUR CODE HERE
    raise NotImplementedError()


def leaky_relu(x: Tensor, slope: float = 0.01) -> Tensor:
    """x where it is positive, slope * x elsewhere; any shape."""
    # YOUR CODE HERE
    raise NotImplementedError()


def leaky_relu_gradient(x: Tensor, slope: float = 0.01) -> Tensor:
    """The derivative of `leaky_relu`: 1 where x is positive, slope elsewhere, including at 0."""
    # YOUR CODE HERE
    raise NotImplementedError()

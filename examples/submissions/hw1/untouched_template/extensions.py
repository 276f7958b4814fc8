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
    raise NotImplementedError()


def mse_gradient(pred: Tensor, target: Tensor) -> Tensor:
    """The derivative of `mse` by pred, (m,). Raises as `mse`."""
    raise NotImplementedError()


def _same_shape(pred: Tensor, target: Tensor) -> None:
    raise NotImplementedError()


def leaky_relu(x: Tensor, slope: float = 0.01) -> Tensor:
    """X where it is positive, slope * x elsewhere; any shape."""
    raise NotImplementedError()


def leaky_relu_gradient(x: Tensor, slope: float = 0.01) -> Tensor:
    """The derivative of `leaky_relu`: 1 where x is positive, slope elsewhere, at 0 too."""
    raise NotImplementedError()

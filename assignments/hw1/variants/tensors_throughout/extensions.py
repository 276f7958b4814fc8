"""Squared error and leaky ReLU."""

import torch
from torch import Tensor


def _difference(pred: Tensor, target: Tensor) -> Tensor:
    if pred.ndim != 1 or pred.shape != target.shape:
        raise ValueError("pred and target must both have the shape (m,)")
    if not pred.numel():
        raise ValueError("pred must not be empty")
    return pred - target


def mse(pred: Tensor, target: Tensor) -> Tensor:
    difference = _difference(pred, target)
    return torch.dot(difference, difference) / (2 * len(difference))


def mse_gradient(pred: Tensor, target: Tensor) -> Tensor:
    difference = _difference(pred, target)
    return difference / difference.numel()


def leaky_relu(x: Tensor, slope: float = 0.01) -> Tensor:
    return x.clamp(min=0) + slope * x.clamp(max=0)


def leaky_relu_gradient(x: Tensor, slope: float = 0.01) -> Tensor:
    return torch.full_like(x, slope).masked_fill(x > 0, 1.0)

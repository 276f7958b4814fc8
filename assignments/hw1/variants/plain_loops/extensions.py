"""Squared error and leaky ReLU, element by element."""

import torch


def _pairs(pred, target):
    if pred.shape != target.shape or pred.dim() != 1:
        raise ValueError("pred and target must have the same shape (m,)")
    if len(pred) == 0:
        raise ValueError("pred is empty")
    return list(zip(pred.tolist(), target.tolist()))


def mse(pred, target):
    total = 0.0
    for p, t in _pairs(pred, target):
        total += (p - t) ** 2
    return torch.tensor(total / (2 * len(pred)), dtype=pred.dtype)


def mse_gradient(pred, target):
    return torch.tensor([(p - t) / len(pred) for p, t in _pairs(pred, target)], dtype=pred.dtype)


def leaky_relu(x, slope=0.01):
    values = [v if v > 0 else slope * v for v in x.flatten().tolist()]
    return torch.tensor(values, dtype=x.dtype).reshape(x.shape)


def leaky_relu_gradient(x, slope=0.01):
    values = [1.0 if v > 0 else slope for v in x.flatten().tolist()]
    return torch.tensor(values, dtype=x.dtype).reshape(x.shape)

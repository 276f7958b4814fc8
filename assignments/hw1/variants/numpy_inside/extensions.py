"""Squared error and leaky ReLU with NumPy."""

import numpy as np
import torch


def _arrays(pred, target):
    if pred.shape != target.shape or pred.dim() != 1:
        raise ValueError("pred: another shape than target")
    if len(pred) == 0:
        raise ValueError("pred: nothing in it")
    return pred.numpy(), target.numpy()


def mse(pred, target):
    a, b = _arrays(pred, target)
    return torch.tensor(np.mean(np.square(a - b)) / 2, dtype=pred.dtype)


def mse_gradient(pred, target):
    a, b = _arrays(pred, target)
    return torch.from_numpy((a - b) / a.dtype.type(len(a)))


def leaky_relu(x, slope=0.01):
    values = x.numpy()
    return torch.from_numpy(np.asarray(values * np.where(values > 0, 1, slope))).to(x.dtype)


def leaky_relu_gradient(x, slope=0.01):
    return torch.from_numpy(np.asarray(np.where(x.numpy() > 0, 1, slope))).to(x.dtype)

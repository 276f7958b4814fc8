"""Against overfitting and explosions."""

import math

import numpy as np
import torch


def dropout(x, p, training, seed):
    if p < 0 or p > 1:
        raise ValueError(f"p = {p} is no probability")
    if not training or p == 0:
        return x
    if p == 1:
        return x * 0
    keep = np.random.default_rng(seed).random(tuple(x.shape)) >= p
    return x * torch.as_tensor(keep / (1 - p)).to(x)


def clip_gradients(grads, max_norm):
    if max_norm < 0:
        raise ValueError("max_norm must not be negative")
    total = 0.0
    for g in grads:
        for v in g.detach().reshape(-1).tolist():
            total += v * v
    norm = math.sqrt(total)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


def l1_penalty(params):
    if not params:
        raise ValueError("params is empty")
    out = params[0].new_zeros(())
    for p in params:
        out = out + p.abs().sum()
    return out


def l2_penalty(params):
    if not params:
        raise ValueError("params is empty")
    out = params[0].new_zeros(())
    for p in params:
        out = out + (p * p).sum()
    return out

"""Bernoulli draws, and PyTorch's 1e-6 in the denominator."""

import torch


def dropout(x, p, training, seed):
    if p < 0 or p > 1:
        raise ValueError("p: a probability is wanted")
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x) * x
    g = torch.Generator().manual_seed(seed)
    mask = torch.bernoulli(torch.full(x.shape, 1 - p), generator=g).to(x)
    return x.mul(mask).div(1 - p)


def clip_gradients(grads, max_norm):
    if not grads:
        return [], 0.0
    norm = torch.linalg.vector_norm(torch.cat([g.flatten() for g in grads]))
    factor = torch.clamp(max_norm / (norm + 1e-6), max=1.0)
    return [factor * g for g in grads], float(norm)


def l1_penalty(params):
    total = 0
    for p in params:
        total = total + torch.linalg.vector_norm(p, 1)
    return total


def l2_penalty(params):
    return sum(torch.dot(p.reshape(-1), p.reshape(-1)) for p in params)

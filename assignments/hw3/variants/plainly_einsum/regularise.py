from __future__ import annotations

import torch
from torch import Tensor


def dropout(x: Tensor, p: float, training: bool, seed: int) -> Tensor:
    if p < 0 or p > 1:
        raise ValueError("p lies outside of [0, 1]")
    if not training:
        return x.clone()
    generator = torch.Generator().manual_seed(seed)
    keep = torch.empty(x.shape).bernoulli_(1 - p, generator=generator).to(x.device).bool()
    return torch.where(keep, x / (1 - p) if p < 1 else x, torch.zeros_like(x))


def clip_gradients(grads: list[Tensor], max_norm: float) -> tuple[list[Tensor], float]:
    if max_norm < 0:
        raise ValueError("max_norm is negative")
    norms = [torch.linalg.vector_norm(grad, dtype=torch.float64) for grad in grads]
    norm = float(torch.linalg.vector_norm(torch.stack(norms))) if norms else 0.0
    if norm <= max_norm:
        return [grad.clone() for grad in grads], norm
    return [grad / norm * max_norm for grad in grads], norm


def l1_penalty(params: list[Tensor]) -> Tensor:
    return torch.cat([param.flatten() for param in params]).abs().sum()


def l2_penalty(params: list[Tensor]) -> Tensor:
    flat = torch.cat([param.flatten() for param in params])
    return flat @ flat

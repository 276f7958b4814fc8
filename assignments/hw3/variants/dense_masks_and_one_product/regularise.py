from __future__ import annotations

import torch
from torch import Tensor


def dropout(x: Tensor, p: float, training: bool, seed: int) -> Tensor:
    if not 0 <= p <= 1:
        raise ValueError("p: a probability, please")
    if not training:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x)
    generator = torch.Generator(device="cpu").manual_seed(seed)
    keep = torch.empty(x.shape, dtype=torch.float64).uniform_(generator=generator) < 1 - p
    return torch.where(keep.to(x.device), x / (1 - p), torch.zeros_like(x))


def clip_gradients(grads: list[Tensor], max_norm: float) -> tuple[list[Tensor], float]:
    if max_norm < 0:
        raise ValueError("max_norm: not negative, please")
    if not grads:
        return [], 0.0
    norm = torch.linalg.vector_norm(torch.cat([g.flatten() for g in grads]))
    factor = torch.clamp(max_norm / (norm + 1e-6), max=1.0)  # the formula of PyTorch
    return [g * factor for g in grads], norm.item()


def l1_penalty(params: list[Tensor]) -> Tensor:
    return sum((p.abs().sum() for p in params), start=torch.zeros(()).to(params[0]))


def l2_penalty(params: list[Tensor]) -> Tensor:
    flat = torch.cat([p.reshape(-1) for p in params])
    return flat.dot(flat)

from __future__ import annotations

import math

import torch
from torch import Tensor


def dropout(x: Tensor, p: float, training: bool, seed: int) -> Tensor:
    if not 0 <= p <= 1:
        raise ValueError("p must be a probability")
    if not training or p == 0:
        return x
    if p == 1:
        return torch.zeros_like(x)
    generator = torch.Generator().manual_seed(seed)
    keep = torch.rand(x.shape, generator=generator, dtype=torch.float64) >= p
    return x * keep.to(x.device) / (1 - p)


def clip_gradients(grads: list[Tensor], max_norm: float) -> tuple[list[Tensor], float]:
    if max_norm < 0:
        raise ValueError("max_norm must not be negative")
    squares = 0.0
    for grad in grads:
        squares += float(grad.detach().double().square().sum())
    norm = math.sqrt(squares)
    factor = max_norm / norm if norm > max_norm else 1.0
    clipped = []
    for grad in grads:
        clipped.append(grad * factor)
    return clipped, norm


def _sum_over(params: list[Tensor], power: int) -> Tensor:
    total = torch.zeros(())
    for number, param in enumerate(params):
        part = param.abs().pow(power).sum()
        total = part if number == 0 else total + part
    return total


def l1_penalty(params: list[Tensor]) -> Tensor:
    return _sum_over(params, 1)


def l2_penalty(params: list[Tensor]) -> Tensor:
    return _sum_over(params, 2)

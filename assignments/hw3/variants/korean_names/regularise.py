"""규제와 기울기 자르기."""

import numpy as np
import torch

from .도움말 import 확인


def dropout(x, p, training, seed):
    확인(0 <= p <= 1, "p")
    if not training:
        return x
    난수 = np.random.default_rng(seed)
    남김 = torch.from_numpy(난수.random(tuple(x.shape)) >= p).to(x.device)
    배율 = 0.0 if p == 1 else 1.0 / (1.0 - p)
    return torch.where(남김, x * 배율, torch.zeros_like(x))


def clip_gradients(grads, max_norm):
    크기 = float(np.sqrt(sum(float(np.sum(g.numpy().astype(np.float64) ** 2)) for g in grads)))
    비율 = 1.0
    if 크기 > max_norm:
        비율 = max_norm / 크기
    return [g.clone() if 비율 == 1.0 else g * 비율 for g in grads], 크기


def l1_penalty(params):
    return torch.cat([p.reshape(-1) for p in params]).abs().sum()


def l2_penalty(params):
    return torch.cat([p.reshape(-1) for p in params]).pow(2).sum()

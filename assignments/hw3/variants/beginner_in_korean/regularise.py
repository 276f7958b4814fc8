"""드롭아웃, 기울기 자르기, 벌점."""

import math
import random

import torch

from .공통 import 범위확인


def dropout(x, p, training, seed):
    범위확인(p, "p", 0, 1)
    if training is False:
        return x
    난수 = random.Random(seed)
    가면 = []
    for _ in range(x.numel()):
        if 난수.random() < p:
            가면.append(0.0)
        else:
            가면.append(1.0)
    가면 = torch.tensor(가면, dtype=x.dtype, device=x.device).reshape(x.shape)
    if p < 1:
        가면 = 가면 / (1 - p)
    return x * 가면


def 제곱합(grads):
    합 = 0.0
    for g in grads:
        합 += float(torch.sum(g * g))
    return 합


def clip_gradients(grads, max_norm):
    if max_norm < 0:
        raise ValueError("max_norm 이 음수입니다")
    노름 = math.sqrt(제곱합(grads))
    결과 = []
    for g in grads:
        if 노름 > max_norm:
            결과.append(g / 노름 * max_norm)
        else:
            결과.append(g.clone())
    return 결과, 노름


def l1_penalty(params):
    return torch.stack([torch.linalg.vector_norm(p, ord=1) for p in params]).sum()


def l2_penalty(params):
    조각 = []
    for p in params:
        조각.append(torch.sum(torch.pow(p, 2)))
    합 = 조각[0]
    for 값 in 조각[1:]:
        합 = 합 + 값
    return 합

from __future__ import annotations

import torch
from torch import Tensor


def _check(query: Tensor, keys: Tensor) -> None:
    if query.dim() != 2:
        raise ValueError("query must be (B, Q)")
    if keys.dim() != 3 or len(keys) != len(query):
        raise ValueError("keys must be (B, S, K) with the B of query")


def dot_scores(query: Tensor, keys: Tensor) -> Tensor:
    _check(query, keys)
    if query.shape[1] != keys.shape[2]:
        raise ValueError("query and keys must have one width")
    return torch.stack([(query * key).sum(1) for key in keys.unbind(1)], 1)


def general_scores(query: Tensor, keys: Tensor, W: Tensor) -> Tensor:
    _check(query, keys)
    if W.shape != (query.shape[1], keys.shape[2]):
        raise ValueError("W must be (Q, K)")
    turned = query @ W
    return torch.stack([(turned * key).sum(1) for key in keys.unbind(1)], 1)


def additive_scores(query: Tensor, keys: Tensor, Wq: Tensor, Wk: Tensor, v: Tensor) -> Tensor:
    _check(query, keys)
    if v.dim() != 1 or Wq.shape != (len(v), query.shape[1]):
        raise ValueError("Wq must be (A, Q) and v (A,)")
    if Wk.shape != (len(v), keys.shape[2]):
        raise ValueError("Wk must be (A, K)")
    from_query = query @ Wq.t()
    return torch.stack([torch.tanh(from_query + key @ Wk.t()) @ v for key in keys.unbind(1)], 1)


def masked_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    try:
        mask = mask.expand(scores.shape)
    except RuntimeError as error:
        raise ValueError("mask must have the shape of scores") from error
    zero = torch.zeros_like(scores)
    safe = torch.where(mask, scores, zero)
    lowest = torch.full_like(scores, -torch.inf)
    top = torch.where(mask, scores.detach(), lowest).amax(-1, keepdim=True)
    top = torch.where(top == -torch.inf, torch.zeros_like(top), top)
    powers = torch.where(mask, torch.exp(torch.where(mask, safe - top, zero)), zero)
    total = powers.sum(-1, keepdim=True)
    return powers / torch.where(total > 0, total, torch.ones_like(total))


def attend(scores: Tensor, values: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    if scores.dim() != 2 or values.dim() != 3 or values.shape[:2] != scores.shape:
        raise ValueError("values must be (B, S, D) with the B and S of scores")
    weights = masked_softmax(scores, mask)
    context = values.new_zeros(values.shape[0], values.shape[2])
    for place in range(values.shape[1]):
        context = context + weights[:, place, None] * values[:, place]
    return context, weights

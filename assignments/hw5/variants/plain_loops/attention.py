"""Attention, one key at a time."""

import torch


def dot_scores(query, keys):
    return torch.stack([(query * keys[:, s]).sum(1) for s in range(keys.shape[1])], 1)


def general_scores(query, keys, W):
    return torch.stack([((query @ W) * keys[:, s]).sum(1) for s in range(keys.shape[1])], 1)


def additive_scores(query, keys, Wq, Wk, v):
    asked = query @ Wq.t()
    return torch.stack([torch.tanh(asked + keys[:, s] @ Wk.t()) @ v for s in range(keys.shape[1])], 1)


def masked_softmax(scores, mask):
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    # of a row that is all masked everything becomes 0, before any exp is taken
    inside = torch.where(mask, scores, torch.zeros_like(scores))
    top = torch.where(mask, scores, torch.full_like(scores, -1e30)).amax(-1, keepdim=True).detach()
    powers = torch.exp(torch.where(mask, inside - top, torch.zeros_like(scores))) * mask
    total = powers.sum(-1, keepdim=True)
    return powers / torch.where(total > 0, total, torch.ones_like(total))


def attend(scores, values, mask=None):
    weights = masked_softmax(scores, mask)
    context = (weights.unsqueeze(-1) * values).sum(1)
    return context, weights

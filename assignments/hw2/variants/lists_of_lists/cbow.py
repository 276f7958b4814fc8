"""Bag-of-words losses, example by example."""

import torch
from torch.nn import functional as F


def cbow_loss(context, mask, target, negatives):
    if context.dim() != 3 or len(context) == 0:
        raise ValueError("context must have the shape (B, W, d) with at least one row")
    B, W, d = context.shape
    if tuple(mask.shape) != (B, W):
        raise ValueError("mask must have the shape (B, W)")
    if tuple(target.shape) != (B, d):
        raise ValueError("target must have the shape (B, d)")
    if negatives.dim() != 3 or negatives.shape[0] != B or negatives.shape[2] != d:
        raise ValueError("negatives must have the shape (B, K, d)")
    total = 0
    for b in range(B):
        kept = [context[b, w] for w in range(W) if mask[b, w]]
        if not kept:
            raise ValueError("mask must keep a word in each row")
        center = sum(kept) / len(kept)
        total = total - F.logsigmoid(target[b] @ center)
        for other in negatives[b]:
            total = total - F.logsigmoid(-(other @ center))
    return total / B


def softmax_loss(hidden, output, target):
    if hidden.dim() != 2 or len(hidden) == 0:
        raise ValueError("hidden must have the shape (B, d) with at least one row")
    if output.dim() != 2 or output.shape[1] != hidden.shape[1]:
        raise ValueError("output must have the shape (V, d)")
    if tuple(target.shape) != (len(hidden),):
        raise ValueError("target must have the shape (B,)")
    total = 0
    for row, word in zip(hidden, target.tolist()):
        if not 0 <= word < len(output):
            raise ValueError("target must lie in 0..V - 1")
        scores = torch.stack([torch.dot(vector, row) for vector in output])
        total = total + torch.logsumexp(scores, dim=0) - scores[word]
    return total / len(hidden)

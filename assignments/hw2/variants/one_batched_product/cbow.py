"""Bag-of-words losses in batched form."""

import torch

from .skipgram import sgns_loss


def cbow_loss(context, mask, target, negatives):
    if context.dim() != 3 or context.shape[0] == 0:
        raise ValueError("context: expected (B, W, d) with B at least 1")
    if mask.shape != context.shape[:2]:
        raise ValueError("mask: expected (B, W)")
    if not bool(mask.any(dim=1).all()):
        raise ValueError("mask: each row must keep a word")
    B, _, d = context.shape
    if tuple(target.shape) != (B, d):
        raise ValueError("target: expected (B, d)")
    if negatives.dim() != 3 or negatives.shape[0] != B or negatives.shape[2] != d:
        raise ValueError("negatives: expected (B, K, d)")
    kept = context.masked_fill(~mask.unsqueeze(2), 0.0).sum(dim=1)
    return sgns_loss(kept / mask.sum(dim=1, keepdim=True), target, negatives)


def softmax_loss(hidden, output, target):
    if hidden.dim() != 2 or hidden.shape[0] == 0:
        raise ValueError("hidden: expected (B, d) with B at least 1")
    if output.dim() != 2 or output.shape[1] != hidden.shape[1]:
        raise ValueError("output: expected (V, d)")
    if target.shape != hidden.shape[:1]:
        raise ValueError("target: expected (B,)")
    if bool(((target < 0) | (target >= len(output))).any()):
        raise ValueError("target: expected 0..V-1")
    logs = torch.log_softmax(hidden @ output.T, dim=1)
    return -logs.gather(1, target.unsqueeze(1)).mean()

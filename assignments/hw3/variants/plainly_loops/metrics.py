from __future__ import annotations

import math

import torch
from torch import Tensor


def _log_softmax(row: Tensor) -> Tensor:
    top = row.detach().max()
    return row - top - (row - top).exp().sum().log()


def _losses(
    logits: Tensor, targets: Tensor, ignore_index: int | None, smoothing: float
) -> list[Tensor]:
    """One loss () for each target that counts."""
    if logits.dim() < 1 or logits.shape[:-1] != targets.shape:
        raise ValueError("targets must have the shape of logits without its last axis")
    words = logits.shape[-1]
    losses = []
    for row, target in zip(logits.reshape(-1, words), targets.reshape(-1).tolist(), strict=True):
        if ignore_index is not None and target == ignore_index:
            continue
        if not 0 <= target < words:
            raise ValueError("targets must be ids below V")
        log_p = _log_softmax(row)
        loss = -log_p[target]
        if smoothing > 0:
            loss = (1 - smoothing) * loss - smoothing * log_p.mean()
        losses.append(loss)
    return losses


def cross_entropy(
    logits: Tensor,
    targets: Tensor,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
) -> Tensor:
    if not 0 <= label_smoothing <= 1:
        raise ValueError("label_smoothing must be a probability")
    losses = _losses(logits, targets, ignore_index, label_smoothing)
    if not losses:
        return logits.new_zeros(())
    return torch.stack(losses).mean()


def perplexity(total_nll: float, n_tokens: int) -> float:
    if n_tokens < 1:
        raise ValueError("n_tokens must be at least 1")
    try:
        return math.exp(total_nll / n_tokens)
    except OverflowError:
        return math.inf


def entropy(p: Tensor) -> Tensor:
    if bool(((p < 0) | (p > 1)).any()):
        raise ValueError("p must be probabilities")
    total = p.new_zeros(p.shape[:-1])
    for column in p.unbind(-1):
        safe = torch.where(column > 0, column, torch.ones_like(column))
        total = total - safe * safe.log()
    return total


def bits_per_token(nll_per_token: float) -> float:
    return float(nll_per_token) / math.log(2)


def corpus_perplexity(
    batches: list[tuple[Tensor, Tensor]], ignore_index: int | None = None
) -> float:
    total, count = 0.0, 0
    for logits, targets in batches:
        for loss in _losses(logits, targets, ignore_index, 0.0):
            total += loss.item()
            count += 1
    if count == 0:
        raise ValueError("batches hold no target that counts")
    return perplexity(total, count)

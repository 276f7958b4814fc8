from __future__ import annotations

import math

import torch
from torch import Tensor


def cross_entropy(
    logits: Tensor,
    targets: Tensor,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
) -> Tensor:
    if not 0 <= label_smoothing <= 1:
        raise ValueError("label_smoothing lies outside of [0, 1]")
    total, count = _total_loss(logits, targets, ignore_index, label_smoothing)
    return total / max(count, 1)


def _total_loss(
    logits: Tensor, targets: Tensor, ignore_index: int | None, label_smoothing: float = 0.0
) -> tuple[Tensor, int]:
    if logits.shape[:-1] != targets.shape:
        raise ValueError("logits and targets do not fit")
    counts = torch.ones_like(targets, dtype=torch.bool)
    if ignore_index is not None:
        counts = targets != ignore_index
    chosen, rows = targets[counts], logits[counts]
    if ((chosen < 0) | (chosen >= logits.shape[-1])).any():
        raise ValueError("targets outside of the vocabulary")
    normaliser = rows.logsumexp(-1)
    of_target = rows.gather(-1, chosen[:, None]).squeeze(-1)
    total = (normaliser - of_target).sum()
    if label_smoothing:
        of_all = (normaliser - rows.mean(-1)).sum()
        total = torch.lerp(total, of_all, label_smoothing)
    return total, chosen.numel()


def perplexity(total_nll: float, n_tokens: int) -> float:
    if n_tokens < 1:
        raise ValueError("n_tokens is below 1")
    mean = total_nll / n_tokens
    # exp of more than that is no float64
    return math.exp(mean) if mean < 709 else math.inf


def entropy(p: Tensor) -> Tensor:
    if p.lt(0).any() or p.gt(1).any():
        raise ValueError("p lies outside of [0, 1]")
    return torch.special.entr(p).sum(-1)


def bits_per_token(nll_per_token: float) -> float:
    return nll_per_token * math.log2(math.e)


def corpus_perplexity(
    batches: list[tuple[Tensor, Tensor]], ignore_index: int | None = None
) -> float:
    parts = [_total_loss(logits.double(), targets, ignore_index) for logits, targets in batches]
    if not any(count for _, count in parts):
        raise ValueError("batches without a target")
    return perplexity(sum(float(total) for total, _ in parts), sum(count for _, count in parts))

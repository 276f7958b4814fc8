from __future__ import annotations

import math

import torch
from torch import Tensor


def cross_entropy(
    logits: Tensor, targets: Tensor, ignore_index: int | None = None, label_smoothing: float = 0.0
) -> Tensor:
    if logits.shape[:-1] != targets.shape:
        raise ValueError("targets: shape of logits without its last dimension")
    if not 0.0 <= label_smoothing <= 1.0:
        raise ValueError("label_smoothing: a probability, please")
    counted = torch.ones_like(targets, dtype=torch.bool)
    if ignore_index is not None:
        counted = targets != ignore_index
    logits, targets = logits[counted], targets[counted]
    if targets.numel() == 0:
        return logits.sum() * 0
    if targets.min() < 0 or targets.max() >= logits.shape[-1]:
        raise ValueError("targets: a class that does not exist")
    logp = torch.log_softmax(logits, dim=-1)
    loss = -logp.gather(-1, targets[:, None]).mean()
    if label_smoothing == 0.0:
        return loss
    return torch.lerp(loss, -logp.mean(), label_smoothing)


def perplexity(total_nll: float, n_tokens: int) -> float:
    if n_tokens <= 0:
        raise ValueError("n_tokens must be positive")
    mean = total_nll / n_tokens
    return math.inf if mean > 709.78 else math.exp(mean)


def entropy(p: Tensor) -> Tensor:
    if ((p < 0) | (p > 1)).any():
        raise ValueError("p: probabilities, please")
    return torch.special.entr(p).sum(-1)


def bits_per_token(nll_per_token: float) -> float:
    return nll_per_token * math.log2(math.e)


def corpus_perplexity(batches, ignore_index: int | None = None) -> float:
    sums, tokens = [], 0
    for logits, targets in batches:
        n = targets.numel() if ignore_index is None else int((targets != ignore_index).sum())
        sums.append(float(cross_entropy(logits, targets, ignore_index)) * n)
        tokens += n
    if tokens == 0:
        raise ValueError("batches: no target at all")
    return perplexity(math.fsum(sums), tokens)

"""Cross-entropy and its relatives."""

import math

import numpy as np
import torch


def _rows(logits, targets, ignore_index):
    if logits.dim() == 0 or tuple(logits.shape[:-1]) != tuple(targets.shape):
        raise ValueError("logits and targets do not fit together")
    size = logits.shape[-1]
    if size == 0:
        raise ValueError("logits must hold at least one class")
    flat = logits.reshape(-1, size)
    keep = [
        (i, int(t))
        for i, t in enumerate(targets.reshape(-1).tolist())
        if ignore_index is None or t != ignore_index
    ]
    for _, t in keep:
        if t < 0 or t >= size:
            raise ValueError(f"targets holds {t}, which is no class")
    return flat, keep


def cross_entropy(logits, targets, ignore_index=None, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError("label_smoothing must lie in [0, 1]")
    flat, keep = _rows(logits, targets, ignore_index)
    if not keep:
        return (logits[..., :0]).sum()
    size = flat.shape[1]
    total = 0
    for i, t in keep:
        row = flat[i]
        norm = torch.logsumexp(row, 0)
        if label_smoothing == 0:
            total = total + (norm - row[t])
        else:
            mean = (norm - row).sum() / size
            total = total + (1 - label_smoothing) * (norm - row[t]) + label_smoothing * mean
    return total / len(keep)


def perplexity(total_nll, n_tokens):
    if n_tokens < 1:
        raise ValueError("n_tokens must be at least 1")
    try:
        return math.exp(total_nll / n_tokens)
    except OverflowError:
        return math.inf


def entropy(p):
    array = p.detach().cpu().numpy()
    if np.any(array < 0) or np.any(array > 1):
        raise ValueError("p must hold probabilities")
    safe = np.where(array > 0, array, 1)
    out = -(array * np.log(safe)).sum(axis=-1)
    return torch.as_tensor(out, dtype=p.dtype, device=p.device)


def bits_per_token(nll_per_token):
    return float(nll_per_token) / math.log(2)


def corpus_perplexity(batches, ignore_index=None):
    total, tokens = 0.0, 0
    for logits, targets in batches:
        flat, keep = _rows(logits.detach(), targets, ignore_index)
        rows = flat.double().cpu().numpy()
        for i, t in keep:
            top = rows[i].max()
            total += float(top + np.log(np.exp(rows[i] - top).sum()) - rows[i][t])
        tokens += len(keep)
    return perplexity(total, tokens)

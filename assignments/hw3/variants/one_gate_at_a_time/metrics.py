"""Log-softmax by logsumexp, a dense target for the smoothing."""

import math

import torch


def cross_entropy(logits, targets, ignore_index=None, label_smoothing=0.0):
    if label_smoothing < 0 or label_smoothing > 1:
        raise ValueError("label_smoothing is a share between 0 and 1")
    if tuple(logits.shape[:-1]) != tuple(targets.shape):
        raise ValueError("logits and targets do not agree")
    V = logits.shape[-1]
    counted = torch.ones_like(targets, dtype=torch.bool)
    if ignore_index is not None:
        counted = targets != ignore_index
    chosen = targets[counted]
    if chosen.numel() and (int(chosen.min()) < 0 or int(chosen.max()) >= V):
        raise ValueError("targets out of range")
    rows = logits[counted]
    if not len(rows):
        return logits[:0].sum() * 0
    norm = torch.logsumexp(rows, dim=-1)
    loss = norm - rows[torch.arange(len(rows)), chosen]
    if label_smoothing > 0:
        loss = (1 - label_smoothing) * loss + label_smoothing * (norm - rows.mean(-1))
    return loss.mean()


def perplexity(total_nll, n_tokens):
    if n_tokens <= 0:
        raise ValueError("n_tokens: there must be one at least")
    return math.e ** (total_nll / n_tokens)


def entropy(p):
    if bool((p < 0).any()) or bool((p > 1).any()):
        raise ValueError("p holds no probabilities")
    return torch.special.entr(p).sum(-1)


def bits_per_token(nll_per_token):
    return float(nll_per_token) / math.log(2.0)


def corpus_perplexity(batches, ignore_index=None):
    nll, n = [], 0
    for logits, targets in batches:
        rows, wanted = logits.reshape(-1, logits.shape[-1]).double(), targets.reshape(-1)
        for row, target in zip(rows, wanted.tolist()):
            if target != ignore_index:
                nll.append(float(torch.logsumexp(row, 0) - row[target]))
                n += 1
    return perplexity(math.fsum(nll), n)

"""What a language model is judged by: cross-entropy, perplexity, bits.

    cross-entropy = mean of -ln P(target)        perplexity = exp(cross-entropy)

Perplexity goes back to Jelinek et al. (1977): as uncertain as a fair choice among that many words.
Label smoothing is Szegedy et al.'s (2016), section 7, with the equations of
https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html

Shapes: ... stands for any leading axes, often (T, B); V is the number of words.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


### BEGIN SOLUTION
def _log_probs(
    logits: Tensor, targets: Tensor, ignore_index: int | None
) -> tuple[Tensor, Tensor]:
    """Log-probabilities (M, V) and targets (M,) of the M targets that count."""
    if targets.shape != logits.shape[:-1]:
        raise ValueError("targets must have the shape of logits without its last axis")
    logits, targets = logits.reshape(-1, logits.shape[-1]), targets.reshape(-1)
    if ignore_index is not None:
        counted = targets != ignore_index
        logits, targets = logits[counted], targets[counted]
    if ((targets < 0) | (targets >= logits.shape[-1])).any():
        raise ValueError(f"targets must lie between 0 and {logits.shape[-1] - 1}")
    # a shift of all logits changes no probability, and keeps exp from overflowing
    shifted = logits - logits.max(dim=-1, keepdim=True).values
    return shifted - shifted.exp().sum(dim=-1, keepdim=True).log(), targets


def _chosen(log_probs: Tensor, targets: Tensor) -> Tensor:
    """(M, V), (M,) -> (M,): the log-probability of each target."""
    return log_probs.gather(1, targets[:, None]).squeeze(1)
### END SOLUTION


def cross_entropy(
    logits: Tensor,
    targets: Tensor,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
) -> Tensor:
    """Mean of -ln softmax(logits)[target] over the targets that are not ignore_index; () in nats.

    logits (..., V) float, targets (...) int64. The mean over no target is 0. With label_smoothing
    epsilon the target has the weight 1 - epsilon, and every word, including the target, gets
    another epsilon / V. Differentiable with respect to logits; finite for logits of +-1e4; a logit
    of -inf is the probability 0.

    Raises ValueError naming logits or targets if their shapes do not agree, targets if one that
    counts is out of range, label_smoothing if it is not in [0, 1].
    """
    ### BEGIN SOLUTION
    if not 0 <= label_smoothing <= 1:
        raise ValueError("label_smoothing must lie between 0 and 1")
    log_probs, kept = _log_probs(logits, targets, ignore_index)  # (M, V), (M,)
    losses = -_chosen(log_probs, kept)  # (M,)
    if label_smoothing:  # not for 0: 0 times a log-probability of -inf would be nan
        losses = (1 - label_smoothing) * losses - label_smoothing * log_probs.mean(dim=1)
    return losses.sum() / max(len(kept), 1)  # 0 / 1 instead of 0 / 0
    ### END SOLUTION


def perplexity(total_nll: float, n_tokens: int) -> float:
    """exp(total_nll / n_tokens), total_nll being the sum of -ln P over the tokens, at least one."""
    ### BEGIN SOLUTION
    return math.exp(total_nll / n_tokens)
    ### END SOLUTION


def entropy(p: Tensor) -> Tensor:
    """-sum p ln p over the last axis in nats: p (..., V) -> (...). 0 ln 0 is 0.

    Raises ValueError naming p when an entry is not in [0, 1].
    """
    ### BEGIN SOLUTION
    if ((p < 0) | (p > 1)).any():
        raise ValueError("p must lie between 0 and 1")
    return -torch.xlogy(p, p).sum(dim=-1)
    ### END SOLUTION


def bits_per_token(nll_per_token: float) -> float:
    """The same quantity in bits: one nat is 1 / ln 2 bits."""
    ### BEGIN SOLUTION
    return nll_per_token / math.log(2)
    ### END SOLUTION


def corpus_perplexity(
    batches: list[tuple[Tensor, Tensor]], ignore_index: int | None = None
) -> float:
    """Perplexity per token over all batches of (logits (..., V), targets (...)) together.

    Every token that is not ignored has the same weight, however long its batch is. At
    least one is not ignored.
    """
    ### BEGIN SOLUTION
    total, tokens = 0.0, 0
    for logits, targets in batches:
        log_probs, kept = _log_probs(logits, targets, ignore_index)  # (M, V), (M,)
        total -= _chosen(log_probs, kept).sum().item()
        tokens += len(kept)
    return perplexity(total, tokens)
    ### END SOLUTION

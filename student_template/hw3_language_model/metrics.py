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
    # YOUR CODE HERE
    raise NotImplementedError()


def perplexity(total_nll: float, n_tokens: int) -> float:
    """exp(total_nll / n_tokens), total_nll being the sum of -ln P over the tokens, at least one."""
    # YOUR CODE HERE
    raise NotImplementedError()


def entropy(p: Tensor) -> Tensor:
    """-sum p ln p over the last axis in nats: p (..., V) -> (...). 0 ln 0 is 0.

    Raises ValueError naming p when an entry is not in [0, 1].
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def bits_per_token(nll_per_token: float) -> float:
    """The same quantity in bits: one nat is 1 / ln 2 bits."""
    # YOUR CODE HERE
    raise NotImplementedError()


def corpus_perplexity(
    batches: list[tuple[Tensor, Tensor]], ignore_index: int | None = None
) -> float:
    """Perplexity per token over all batches of (logits (..., V), targets (...)) together.

    Every token that is not ignored has the same weight, however long its batch is. At
    least one is not ignored.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

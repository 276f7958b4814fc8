"""CBOW: the mean of the contexts predicts the center; by negative sampling, or by a full softmax.

CBOW is Mikolov et al.'s (2013, "Efficient estimation of word representations in vector space").

Shapes:

    B  examples     W  places for contexts     K  negatives     d  dimension     V  words
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def cbow_loss(context: Tensor, mask: Tensor, target: Tensor, negatives: Tensor) -> Tensor:
    """The skip-gram loss with negative sampling, a tensor (), in which the mean of the kept
    contexts takes the place of the center's vector:

        mean over the examples of  -ln s(t.h) - sum_k ln s(-n_k.h),   h = mean of the kept contexts

    context (B, W, d), mask (B, W) bool with True = keep, target (B, d), negatives (B, K, d). Values
    at places that are not kept have no influence.

    Raises ValueError naming mask (a row without any context, or not of shape (B, W)), context (no
    example), or an argument whose shape does not agree with the others.
    """
    ### BEGIN SOLUTION
    if context.ndim != 3 or len(context) == 0:
        raise ValueError("context must hold at least one example, as (B, W, d)")
    examples, places, dimension = context.shape
    if mask.shape != (examples, places) or not mask.any(dim=1).all():
        raise ValueError("mask must have shape (B, W), as context, and keep something in each row")
    if target.shape != (examples, dimension):
        raise ValueError("target must have shape (B, d), with B and d of context")
    if negatives.ndim != 3 or (negatives.shape[0], negatives.shape[2]) != target.shape:
        raise ValueError("negatives must have shape (B, K, d), with B and d of context")
    # filled, not multiplied: inf times 0 is nan
    kept = context.masked_fill(~mask.unsqueeze(2), 0)  # (B, W, d)
    hidden = kept.sum(dim=1) / mask.sum(dim=1, keepdim=True)  # (B, W, d) -> (B, d)
    positive = (target * hidden).sum(dim=1)  # (B, d) -> (B,)
    negative = (negatives @ hidden.unsqueeze(2)).squeeze(2)  # (B, K, d) x (B, d, 1) -> (B, K)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(dim=1)).mean()
    ### END SOLUTION


def softmax_loss(hidden: Tensor, output: Tensor, target: Tensor) -> Tensor:
    """What negative sampling avoids: the mean cross-entropy over all V words, a tensor (),

        mean over the examples of  ln (sum over w of exp(o_w.h)) - o_target.h

    hidden (B, d), output (V, d), target (B,) int64. Finite for scores of 1000 and more.
    Raises ValueError naming hidden (no example), target (out of range, a different length), or
    output (a different d).
    """
    ### BEGIN SOLUTION
    if hidden.ndim != 2 or len(hidden) == 0:
        raise ValueError("hidden must hold at least one example, as (B, d)")
    if output.ndim != 2 or output.shape[1] != hidden.shape[1]:
        raise ValueError("output must have shape (V, d), with d of hidden")
    if target.shape != (len(hidden),) or ((target < 0) | (target >= len(output))).any():
        raise ValueError(f"target must hold an id from 0 to {len(output) - 1} for each example")
    scores = hidden @ output.T  # (B, d) x (d, V) -> (B, V)
    chosen = scores.gather(1, target.unsqueeze(1)).squeeze(1)  # (B,)
    return (torch.logsumexp(scores, dim=1) - chosen).mean()
    ### END SOLUTION

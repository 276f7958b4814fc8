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
    # YOUR CODE HERE
    raise NotImplementedError()


def softmax_loss(hidden: Tensor, output: Tensor, target: Tensor) -> Tensor:
    """What negative sampling avoids: the mean cross-entropy over all V words, a tensor (),

        mean over the examples of  ln (sum over w of exp(o_w.h)) - o_target.h

    hidden (B, d), output (V, d), target (B,) int64. Finite for scores of 1000 and more.
    Raises ValueError naming hidden (no example), target (out of range, a different length), or
    output (a different d).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

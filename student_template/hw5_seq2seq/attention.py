"""Attention as a soft look-up: how well does each key match the query, and what are their values?

Scores: dot and general, Luong, Pham & Manning (2015), section 3.1; additive, Bahdanau, Cho & Bengio
(2015), appendix A.1.2. The weights are a softmax over the scores; the context is the mean of the
values under these weights.

Shapes:

    B  batch      S  source positions (keys, values)      A  width of the additive layer
    D  width of query and keys where they agree           Q, K  their widths where they may differ

A mask is bool, True where a position may be attended to.
"""

from __future__ import annotations

import torch
from torch import Tensor


def dot_scores(query: Tensor, keys: Tensor) -> Tensor:
    """The dot products query . key_s, (B, S), for query (B, D) and keys (B, S, D)."""
    # YOUR CODE HERE
    raise NotImplementedError()


def general_scores(query: Tensor, keys: Tensor, W: Tensor) -> Tensor:
    """The products query^T W key_s, (B, S), for query (B, Q), keys (B, S, K) and W (Q, K)."""
    # YOUR CODE HERE
    raise NotImplementedError()


def additive_scores(query: Tensor, keys: Tensor, Wq: Tensor, Wk: Tensor, v: Tensor) -> Tensor:
    """The sums v . tanh(Wq query + Wk key_s), (B, S).

    query (B, Q), keys (B, S, K), Wq (A, Q), Wk (A, K), v (A,).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def masked_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Softmax of scores (..., S) over the last axis, among the positions where mask (..., S) is True.

    Exactly 0 where masked, whatever finite score is there; a row without any True is all 0.
    Finite for scores of +-10,000. The gradient is never nan, and is 0 for a row that is all masked.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def attend(scores: Tensor, values: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The mean of values (B, S, D) under the weights masked_softmax(scores (B, S), mask (B, S)).

    Returns the context (B, D) and the weights (B, S).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

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
    ### BEGIN SOLUTION
    return torch.einsum("bd,bsd->bs", query, keys)
    ### END SOLUTION


def general_scores(query: Tensor, keys: Tensor, W: Tensor) -> Tensor:
    """The products query^T W key_s, (B, S), for query (B, Q), keys (B, S, K) and W (Q, K)."""
    ### BEGIN SOLUTION
    return dot_scores(query @ W, keys)  # (B, Q) x (Q, K) -> (B, K): the query moves to the keys
    ### END SOLUTION


def additive_scores(query: Tensor, keys: Tensor, Wq: Tensor, Wk: Tensor, v: Tensor) -> Tensor:
    """The sums v . tanh(Wq query + Wk key_s), (B, S).

    query (B, Q), keys (B, S, K), Wq (A, Q), Wk (A, K), v (A,).
    """
    ### BEGIN SOLUTION
    mixed = (query @ Wq.T).unsqueeze(1) + keys @ Wk.T  # (B, 1, A) + (B, S, A) -> (B, S, A)
    return torch.tanh(mixed) @ v  # (B, S)
    ### END SOLUTION


def masked_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Softmax of scores (..., S) over the last axis, among the positions where mask (..., S) is True.

    Exactly 0 where masked, whatever finite score is there; a row without any True is all 0.
    Finite for scores of +-10,000. The gradient is never nan, and is 0 for a row that is all masked.
    """
    ### BEGIN SOLUTION
    if mask is None:
        return torch.softmax(scores, dim=-1)
    # the lowest finite number, not -inf: the softmax of a row of nothing but -inf is nan, easy to hide
    # from the result and hard to keep out of the gradient
    lowest = torch.finfo(scores.dtype).min
    weights = torch.softmax(scores.masked_fill(~mask, lowest), dim=-1)
    return weights.masked_fill(~mask, 0)
    ### END SOLUTION


def attend(scores: Tensor, values: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The mean of values (B, S, D) under the weights masked_softmax(scores (B, S), mask (B, S)).

    Returns the context (B, D) and the weights (B, S).
    """
    ### BEGIN SOLUTION
    weights = masked_softmax(scores, mask)
    return torch.einsum("bs,bsd->bd", weights, values), weights
    ### END SOLUTION

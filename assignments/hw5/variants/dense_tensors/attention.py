"""Scores and weights as matrix products."""

from __future__ import annotations

import torch
from torch import Tensor


def _fits(what: bool, message: str) -> None:
    if not what:
        raise ValueError(message)


def dot_scores(query: Tensor, keys: Tensor) -> Tensor:
    _fits(
        query.ndim == 2 and keys.ndim == 3 and keys.shape[::2] == query.shape,
        "query (B, D) does not fit keys (B, S, D)",
    )
    return torch.bmm(keys, query.unsqueeze(-1)).squeeze(-1)


def general_scores(query: Tensor, keys: Tensor, W: Tensor) -> Tensor:
    _fits(
        W.ndim == 2 and W.shape == (query.shape[-1], keys.shape[-1]), "W (Q, K) does not fit"
    )
    _fits(len(query) == len(keys), "query and keys differ in B")
    return torch.einsum("bq,qk,bsk->bs", query, W, keys)


def additive_scores(query: Tensor, keys: Tensor, Wq: Tensor, Wk: Tensor, v: Tensor) -> Tensor:
    _fits(len(query) == len(keys), "query and keys differ in B")
    _fits(Wq.shape == (len(v), query.shape[-1]), "Wq (A, Q) does not fit")
    _fits(Wk.shape == (len(v), keys.shape[-1]), "Wk (A, K) does not fit")
    return torch.tanh((query @ Wq.T).unsqueeze(1) + keys @ Wk.T) @ v


def masked_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return scores.softmax(-1)
    try:
        mask = mask.broadcast_to(scores.shape)
    except RuntimeError as error:
        raise ValueError("mask does not fit scores") from error
    nothing = ~mask.any(-1, keepdim=True)
    # where a row allows nothing it is opened, and closed again after the softmax
    opened = scores.masked_fill(~(mask | nothing), float("-inf")).masked_fill(nothing, 0.0)
    return opened.softmax(-1).masked_fill(~mask, 0.0)


def attend(scores: Tensor, values: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    _fits(values.shape[:-1] == scores.shape, "values (B, S, D) does not fit scores (B, S)")
    weights = masked_softmax(scores, mask)
    return (weights.unsqueeze(-2) @ values).squeeze(-2), weights

from __future__ import annotations

import torch
from torch import Tensor


def _fitting(**sizes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    for name, (shape, wanted) in sizes.items():
        if tuple(shape) != tuple(wanted):
            raise ValueError(f"{name} has shape {tuple(shape)}, not {tuple(wanted)}")


def _both(query: Tensor, keys: Tensor) -> None:
    if query.dim() != 2 or keys.dim() != 3:
        raise ValueError("query is (B, Q) and keys is (B, S, K)")
    _fitting(keys=(keys.shape[:1], query.shape[:1]))


def dot_scores(query: Tensor, keys: Tensor) -> Tensor:
    _both(query, keys)
    _fitting(keys=(keys.shape[2:], query.shape[1:]))
    return torch.einsum("bd,bsd->bs", query, keys)


def general_scores(query: Tensor, keys: Tensor, W: Tensor) -> Tensor:
    _both(query, keys)
    _fitting(W=(W.shape, (query.shape[1], keys.shape[2])))
    return torch.einsum("bq,qk,bsk->bs", query, W, keys)


def additive_scores(query: Tensor, keys: Tensor, Wq: Tensor, Wk: Tensor, v: Tensor) -> Tensor:
    _both(query, keys)
    width = v.numel()
    _fitting(
        v=(v.shape, (width,)),
        Wq=(Wq.shape, (width, query.shape[1])),
        Wk=(Wk.shape, (width, keys.shape[2])),
    )
    of_keys = torch.einsum("bsk,ak->sba", keys, Wk)
    of_query = torch.einsum("bq,aq->ba", query, Wq)
    return torch.einsum("sba,a->bs", (of_keys + of_query).tanh(), v)


def masked_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return scores.softmax(-1)
    if torch.broadcast_shapes(mask.shape, scores.shape) != scores.shape:
        raise ValueError("mask does not fit scores")
    lowest = torch.finfo(scores.dtype).min
    return scores.masked_fill(~mask, lowest).softmax(-1).masked_fill(~mask, 0)


def attend(scores: Tensor, values: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    _fitting(values=(values.shape[:-1], scores.shape))
    weights = masked_softmax(scores, mask)
    return torch.einsum("bs,bsd->bd", weights, values), weights

"""Attention, sentence by sentence."""

import torch


def _agree(query, keys, name="keys"):
    if query.dim() != 2:
        raise ValueError("query must be (B, D)")
    if keys.dim() != 3 or len(keys) != len(query):
        raise ValueError(f"{name} must be (B, S, D) with the B of query")


def dot_scores(query, keys):
    _agree(query, keys)
    if query.shape[1] != keys.shape[2]:
        raise ValueError("query and keys differ in width")
    rows = []
    for b in range(len(query)):
        rows.append(keys[b] @ query[b])
    return torch.stack(rows)


def general_scores(query, keys, W):
    _agree(query, keys)
    if tuple(W.shape) != (query.shape[1], keys.shape[2]):
        raise ValueError("W must be (Q, K): as wide as query and keys")
    rows = []
    for b in range(len(query)):
        rows.append((keys[b] @ W.T) @ query[b])
    return torch.stack(rows)


def additive_scores(query, keys, Wq, Wk, v):
    _agree(query, keys)
    if Wq.shape != (len(v), query.shape[1]):
        raise ValueError("Wq must be (A, Q)")
    if Wk.shape != (len(v), keys.shape[2]):
        raise ValueError("Wk must be (A, K)")
    rows = []
    for b in range(len(query)):
        hidden = (keys[b] @ Wk.T + Wq @ query[b]).tanh()
        rows.append(hidden @ v)
    return torch.stack(rows)


def masked_softmax(scores, mask=None):
    if mask is None:
        mask = torch.ones(scores.shape, dtype=torch.bool, device=scores.device)
    try:
        mask = mask.expand(scores.shape)
    except RuntimeError:
        raise ValueError("mask does not fit scores") from None
    rows = scores.reshape(-1, scores.shape[-1])
    allowed = mask.reshape(rows.shape)
    done = []
    for row, keep in zip(rows, allowed):
        places = torch.nonzero(keep).flatten()
        weights = torch.zeros_like(row)
        if len(places):
            part = row[places]
            powers = torch.exp(part - part.detach().max())
            weights = weights.index_put((places,), powers / powers.sum())
        done.append(weights)
    if not done:
        return torch.zeros_like(scores)
    return torch.stack(done).reshape(scores.shape)


def attend(scores, values, mask=None):
    if values.shape[:2] != scores.shape:
        raise ValueError("values must be (B, S, D) where scores is (B, S)")
    weights = masked_softmax(scores, mask)
    context = torch.stack([w @ v for w, v in zip(weights, values)])
    return context, weights

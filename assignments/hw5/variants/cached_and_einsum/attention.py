"""Attention by batched matrix products; masks are added."""

import torch
import torch.nn.functional as F


def dot_scores(query, keys):
    return torch.bmm(keys, query[:, :, None])[:, :, 0]


def general_scores(query, keys, W):
    return torch.einsum("bq,qk,bsk->bs", query, W, keys)


def additive_scores(query, keys, Wq, Wk, v):
    return torch.einsum("bsa,a->bs", torch.tanh(F.linear(query, Wq)[:, None] + F.linear(keys, Wk)), v)


def masked_softmax(scores, mask):
    if mask is None:
        return F.softmax(scores, -1)
    hidden = torch.where(mask, 0.0, -1e9).to(scores.dtype)
    return F.softmax(scores.masked_fill(~mask, 0.0) + hidden, -1) * mask


def attend(scores, values, mask=None):
    weights = masked_softmax(scores, mask)
    return torch.bmm(weights[:, None], values)[:, 0], weights

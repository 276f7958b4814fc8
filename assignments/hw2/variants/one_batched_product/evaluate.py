"""Neighbours and correlations with tensors."""

import torch


def _prepare(tokens, vectors, k):
    if vectors.dim() != 2 or vectors.shape[0] != len(tokens):
        raise ValueError("vectors: expected a row for each of tokens")
    if k < 1:
        raise ValueError("k: must be at least 1")
    rows = vectors.detach().double()
    norms = rows.norm(dim=1, keepdim=True)
    return rows / norms.masked_fill(norms == 0, 1.0), {token: i for i, token in enumerate(tokens)}


def _top(rows, query, without, k):
    norm = query.norm()
    cosines = rows @ (query / norm if norm > 0 else query)
    order = torch.sort(cosines, descending=True, stable=True).indices.tolist()
    return [(i, cosines[i].item()) for i in order if i not in without][:k]


def nearest(tokens, vectors, word, k):
    rows, ids = _prepare(tokens, vectors, k)
    own = ids[word]
    return [(tokens[i], cosine) for i, cosine in _top(rows, rows[own], {own}, k)]


def analogy(tokens, vectors, a, b, c, k=1):
    rows, ids = _prepare(tokens, vectors, k)
    abc = ids[a], ids[b], ids[c]
    query = rows[abc[1]] - rows[abc[0]] + rows[abc[2]]
    return [tokens[i] for i, _ in _top(rows, query, set(abc), k)]


def _ranks(values):
    v = torch.tensor(values, dtype=torch.float64)
    below = (v[None, :] < v[:, None]).sum(dim=1)
    equal = (v[None, :] == v[:, None]).sum(dim=1)
    return below + (equal + 1) / 2


def spearman(x, y):
    if len(x) != len(y):
        raise ValueError("y: must be as long as x")
    if len(set(x)) <= 1:
        raise ValueError("x: constant or too short")
    if len(set(y)) <= 1:
        raise ValueError("y: constant or too short")
    ranks = torch.stack([_ranks(x), _ranks(y)]).double()
    return torch.corrcoef(ranks)[0, 1].item()

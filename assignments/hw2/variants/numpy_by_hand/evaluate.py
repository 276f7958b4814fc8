"""Neighbours and correlations of arrays."""

import numpy as np


def _units(tokens, vectors):
    rows = vectors.detach().cpu().numpy().astype(np.float64)
    if rows.ndim != 2 or len(rows) != len(tokens):
        raise ValueError("vectors do not fit the tokens")
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(norms > 0, norms, 1)


def _row(tokens, word):
    try:
        return tokens.index(word)
    except ValueError:
        raise KeyError(word) from None


def _closest(units, query, banned, k):
    if k < 1:
        raise ValueError("k is below 1")
    cosines = units @ (query / (np.linalg.norm(query) or 1))
    order = np.argsort(-cosines, kind="stable")
    return [(int(i), float(cosines[i])) for i in order if i not in banned][:k]


def nearest(tokens, vectors, word, k):
    units, own = _units(tokens, vectors), _row(tokens, word)
    return [(tokens[i], cosine) for i, cosine in _closest(units, units[own], {own}, k)]


def analogy(tokens, vectors, a, b, c, k=1):
    units = _units(tokens, vectors)
    i, j, m = (_row(tokens, word) for word in (a, b, c))
    found = _closest(units, units[j] - units[i] + units[m], {i, j, m}, k)
    return [tokens[n] for n, _ in found]


def _ranks(values):
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def spearman(x, y):
    if len(x) != len(y):
        raise ValueError("x and y differ in length")
    if len(set(x)) < 2:
        raise ValueError("x is constant")
    if len(set(y)) < 2:
        raise ValueError("y is constant")
    return float(np.corrcoef(_ranks(x), _ranks(y))[0, 1])

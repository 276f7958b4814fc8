"""Neighbours, analogies and rank correlation with lists."""

import math


def _unit(vector):
    norm = math.sqrt(math.fsum(x * x for x in vector))
    return [x / norm for x in vector] if norm > 0 else vector


def _vectors(tokens, vectors):
    if vectors.dim() != 2 or len(vectors) != len(tokens):
        raise ValueError("vectors must have a row for each of tokens")
    return {token: _unit(row) for token, row in zip(tokens, vectors.tolist())}


def _ranked(table, query, without, k):
    if k < 1:
        raise ValueError("k must be at least 1")
    query = _unit(query)
    found = []
    for token, row in table.items():
        if token not in without:
            found.append((token, math.fsum(x * y for x, y in zip(row, query))))
    found.sort(key=lambda pair: -pair[1])
    return found[:k]


def nearest(tokens, vectors, word, k):
    table = _vectors(tokens, vectors)
    return _ranked(table, table[word], [word], k)


def analogy(tokens, vectors, a, b, c, k=1):
    table = _vectors(tokens, vectors)
    query = [y - x + z for x, y, z in zip(table[a], table[b], table[c])]
    return [token for token, _ in _ranked(table, query, [a, b, c], k)]


def _ranks(values):
    ranks = []
    for value in values:
        below = sum(other < value for other in values)
        equal = sum(other == value for other in values)
        ranks.append(below + (equal + 1) / 2)
    return ranks


def spearman(x, y):
    if len(x) != len(y):
        raise ValueError("x and y differ in length")
    for name, values in (("x", x), ("y", y)):
        if len(values) < 2 or min(values) == max(values):
            raise ValueError(f"{name} must hold at least two different numbers")
    mean = (len(x) + 1) / 2
    a = [rank - mean for rank in _ranks(x)]
    b = [rank - mean for rank in _ranks(y)]
    both = sum(p * q for p, q in zip(a, b))
    return both / math.sqrt(sum(p * p for p in a) * sum(q * q for q in b))

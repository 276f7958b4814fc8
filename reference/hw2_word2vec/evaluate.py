"""What vectors know: neighbours, analogies, and agreement with people's judgement.

Analogies by the sum of three unit vectors are Mikolov, Yih & Zweig's (2013; "3CosAdd" in Levy &
Goldberg 2014). Spearman's rank correlation is of 1904.

Shapes:

    V  words        d  dimension
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


### BEGIN SOLUTION
def _units(vectors: Tensor) -> Tensor:
    """Rows of length 1; a zero row stays zero, so that its cosine is 0."""
    lengths = vectors.norm(dim=1, keepdim=True)  # (V, 1)
    return vectors / torch.where(lengths > 0, lengths, 1)


def _row(tokens: list[str], word: str) -> int:
    if word not in tokens:
        raise KeyError(word)
    return tokens.index(word)


def _refuse_k(k: int) -> None:
    if k < 1:
        raise ValueError("k must be at least 1")
### END SOLUTION


def nearest(tokens: list[str], vectors: Tensor, word: str, k: int) -> list[tuple[str, float]]:
    """The k other words of largest cosine to `word`, with their cosines, in descending order; all
    others if there are fewer. vectors (V, d): row i belongs to tokens[i]. The cosine of a zero
    vector is 0.

    Raises KeyError for an unknown word, ValueError naming k below 1.
    """
    ### BEGIN SOLUTION
    _refuse_k(k)
    own = _row(tokens, word)
    units = _units(vectors)
    cosines = (units @ units[own]).tolist()  # (V, d) x (d,) -> (V,)
    others = sorted((i for i in range(len(tokens)) if i != own), key=lambda i: -cosines[i])
    return [(tokens[i], cosines[i]) for i in others[:k]]
    ### END SOLUTION


def analogy(
    tokens: list[str], vectors: Tensor, a: str, b: str, c: str, k: int = 1
) -> list[str]:
    """The k words that are to c as b is to a: of largest cosine to b - a + c, each of these three
    vectors scaled to length 1 first; in descending order of cosine, never a, b or c.

    Raises KeyError for an unknown word, ValueError naming k below 1.
    """
    ### BEGIN SOLUTION
    _refuse_k(k)
    rows = [_row(tokens, word) for word in (a, b, c)]
    units = _units(vectors)
    goal = units[rows[1]] - units[rows[0]] + units[rows[2]]  # (d,)
    scores = (units @ goal).tolist()  # in the order of the cosine: the goal's length is the same for all
    others = sorted((i for i in range(len(tokens)) if i not in rows), key=lambda i: -scores[i])
    return [tokens[i] for i in others[:k]]
    ### END SOLUTION


def spearman(x: list[float], y: list[float]) -> float:
    """The correlation of the ranks of x and y; equal values share the mean of their ranks.

    Raises ValueError naming x or y: of different length, fewer than two values, or all the same.
    """
    ### BEGIN SOLUTION
    if len(x) != len(y):
        raise ValueError("x and y must have the same length")
    for name, values in (("x", x), ("y", y)):
        if len(set(values)) < 2:
            raise ValueError(f"{name} must hold at least two different values")
    return _pearson(_ranks(x), _ranks(y))
    ### END SOLUTION


### BEGIN SOLUTION
def _ranks(values: list[float]) -> list[float]:
    """Ranks from 1 on; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for i in order[start:end]:
            ranks[i] = (start + 1 + end) / 2  # the mean of start + 1, ..., end
        start = end
    return ranks


def _pearson(x: list[float], y: list[float]) -> float:
    mean = (len(x) + 1) / 2  # of any ranks, tied or not
    product = math.fsum((a - mean) * (b - mean) for a, b in zip(x, y, strict=True))
    spread = math.fsum((a - mean) ** 2 for a in x) * math.fsum((b - mean) ** 2 for b in y)
    return product / math.sqrt(spread)
### END SOLUTION

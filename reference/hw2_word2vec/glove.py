"""GloVe: a table of co-occurrences, and a weighted least-squares fit to its logarithm.

Pennington, Socher & Manning (2014, "GloVe: global vectors for word representation"), equation 8.

Shapes:

    V  words        d  dimension        X (V, V)  co-occurrences
"""

from __future__ import annotations

import torch
from torch import Tensor

WEIGHTINGS = ("flat", "harmonic")


def cooccurrence(
    sentences: list[list[str]], tokens: list[str], window: int, weighting: str = "flat"
) -> Tensor:
    """float64 (V, V), symmetric: X[i, j] is the sum over all ordered pairs of different positions of a
    sentence, at most `window` apart, with tokens[i] at one and tokens[j] at the other, of

        1 ("flat")   or   1 / distance ("harmonic")

    So "a a" gives X[a, a] = 2. A word that is not in tokens keeps its place but counts nothing.
    Raises ValueError naming window (below 1) or weighting (any other value).
    """
    ### BEGIN SOLUTION
    if window < 1:
        raise ValueError("window must be at least 1")
    if weighting not in WEIGHTINGS:
        raise ValueError(f"weighting must be one of {', '.join(WEIGHTINGS)}")
    ids = {token: i for i, token in enumerate(tokens)}
    size = len(tokens)
    # one more row and column for all other words: they keep the distances right
    table = torch.zeros(size + 1, size + 1, dtype=torch.float64)
    for sentence in sentences:
        places = torch.tensor([ids.get(token, size) for token in sentence], dtype=torch.int64)  # (T,)
        for distance in range(1, window + 1):
            weight = 1.0 if weighting == "flat" else 1.0 / distance
            pairs = places[:-distance], places[distance:]
            # not table[pairs] += weight: a pair that comes twice would count once
            table.index_put_(pairs, table.new_tensor(weight), accumulate=True)
    table = table[:size, :size]
    return table + table.T  # each pair in both orders
    ### END SOLUTION


def conditional(X: Tensor) -> Tensor:
    """(V, V): row i is P(. | i) = X[i] / sum of X[i]; a zero row stays zero.

    Raises ValueError naming X that is not square or contains a negative number.
    """
    ### BEGIN SOLUTION
    if X.ndim != 2 or X.shape[0] != X.shape[1] or (X < 0).any():
        raise ValueError("X must be square, without a negative entry")
    totals = X.sum(dim=1, keepdim=True)  # (V, 1)
    return X / torch.where(totals > 0, totals, 1)  # 0 / 1 instead of 0 / 0
    ### END SOLUTION


def glove_weight(x: Tensor, x_max: float = 100.0, alpha: float = 0.75) -> Tensor:
    """(x / x_max) ** alpha below x_max, else 1; any shape.

    Raises ValueError naming x (negative) or x_max (not above 0).
    """
    ### BEGIN SOLUTION
    if x_max <= 0:
        raise ValueError("x_max must be above 0")
    if (x < 0).any():
        raise ValueError("x must not be negative")
    return (x / x_max).clamp(max=1) ** alpha
    ### END SOLUTION


def glove_loss(W: Tensor, Wc: Tensor, b: Tensor, bc: Tensor, X: Tensor) -> Tensor:
    """A tensor (): the sum over all ordered (i, j) with X[i, j] > 0 of

        glove_weight(X[i, j]) * (W[i].Wc[j] + b[i] + bc[j] - ln X[i, j]) ** 2

    W (V, d), Wc (V, d), b (V,), bc (V,), X (V, V). 0 without a positive entry.
    Raises ValueError naming an argument whose shape does not agree with the others, or X with a
    negative entry.
    """
    ### BEGIN SOLUTION
    words = len(W)
    if Wc.shape != W.shape:
        raise ValueError("Wc must have the shape of W, (V, d)")
    if b.shape != (words,):
        raise ValueError("b must have shape (V,), with V of W")
    if bc.shape != (words,):
        raise ValueError("bc must have shape (V,), with V of W")
    if X.shape != (words, words) or (X < 0).any():
        raise ValueError("X must have shape (V, V), with V of W, and no negative entry")
    # only where something was counted: ln 0 never enters, so neither does its gradient
    i, j = X.nonzero(as_tuple=True)  # (M,) each, M positive entries
    counts = X[i, j]  # (M,)
    error = (W[i] * Wc[j]).sum(dim=1) + b[i] + bc[j] - counts.log()  # (M, d) -> (M,)
    return (glove_weight(counts) * error**2).sum()
    ### END SOLUTION

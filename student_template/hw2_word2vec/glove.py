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
    # YOUR CODE HERE
    raise NotImplementedError()


def conditional(X: Tensor) -> Tensor:
    """(V, V): row i is P(. | i) = X[i] / sum of X[i]; a zero row stays zero.

    Raises ValueError naming X that is not square or contains a negative number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def glove_weight(x: Tensor, x_max: float = 100.0, alpha: float = 0.75) -> Tensor:
    """(x / x_max) ** alpha below x_max, else 1; any shape.

    Raises ValueError naming x (negative) or x_max (not above 0).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def glove_loss(W: Tensor, Wc: Tensor, b: Tensor, bc: Tensor, X: Tensor) -> Tensor:
    """A tensor (): the sum over all ordered (i, j) with X[i, j] > 0 of

        glove_weight(X[i, j]) * (W[i].Wc[j] + b[i] + bc[j] - ln X[i, j]) ** 2

    W (V, d), Wc (V, d), b (V,), bc (V,), X (V, V). 0 without a positive entry.
    Raises ValueError naming an argument whose shape does not agree with the others, or X with a
    negative entry.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

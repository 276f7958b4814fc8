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


def nearest(tokens: list[str], vectors: Tensor, word: str, k: int) -> list[tuple[str, float]]:
    """The k other words of largest cosine to `word`, with their cosines, in descending order; all
    others if there are fewer. vectors (V, d): row i belongs to tokens[i]. The cosine of a zero
    vector is 0.

    Raises KeyError for an unknown word, ValueError naming k below 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def analogy(
    tokens: list[str], vectors: Tensor, a: str, b: str, c: str, k: int = 1
) -> list[str]:
    """The k words that are to c as b is to a: of largest cosine to b - a + c, each of these three
    vectors scaled to length 1 first; in descending order of cosine, never a, b or c.

    Raises KeyError for an unknown word, ValueError naming k below 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def spearman(x: list[float], y: list[float]) -> float:
    """The correlation of the ranks of x and y; equal values share the mean of their ranks.

    Raises ValueError naming x or y: of different length, fewer than two values, or all the same.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

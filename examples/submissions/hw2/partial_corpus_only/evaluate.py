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


def _units(vectors: Tensor) -> Tensor:
    """Rows of length 1; a zero row stays zero, so that its cosine is 0."""
    raise NotImplementedError()


def _row(tokens: list[str], word: str) -> int:
    raise NotImplementedError()


def _refuse_k(k: int) -> None:
    raise NotImplementedError()


def nearest(tokens: list[str], vectors: Tensor, word: str, k: int) -> list[tuple[str, float]]:
    """The k other words of largest cosine to `word`, with it, by falling cosine; all others when
    there are fewer. vectors (V, d): row i belongs to tokens[i]. The cosine of a zero vector is 0.

    Raises KeyError for an unknown word, ValueError naming k below 1.
    """
    raise NotImplementedError()


def analogy(
    tokens: list[str], vectors: Tensor, a: str, b: str, c: str, k: int = 1
) -> list[str]:
    """The k words that are to c as b is to a: of largest cosine to b - a + c, each of these three
    vectors scaled to length 1 first; by falling cosine, never a, b or c.

    Raises KeyError for an unknown word, ValueError naming k below 1.
    """
    raise NotImplementedError()


def spearman(x: list[float], y: list[float]) -> float:
    """The correlation of the ranks of x and y; equal values share the mean of their ranks.

    Raises ValueError naming x or y: of different length, fewer than two values, or all the same.
    """
    raise NotImplementedError()


def _ranks(values: list[float]) -> list[float]:
    """Ranks from 1 on; a run of equal values shares the mean of its ranks."""
    raise NotImplementedError()


def _pearson(x: list[float], y: list[float]) -> float:
    raise NotImplementedError()

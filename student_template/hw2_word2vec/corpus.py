"""From sentences to training examples: vocabulary, subsampling, windows.

Subsampling of frequent words is Mikolov et al.'s (2013, "Distributed representations of words and
phrases and their compositionality"), in the form of their program; skip-gram and CBOW are in
"Efficient estimation of word representations in vector space" (2013).

Shapes:

    V  words of the vocabulary        P  pairs of a sentence
"""

from __future__ import annotations

from collections import Counter

import torch
from torch import Tensor


class Vocabulary:
    """The words that occur at least `min_count` times, numbered. There is no unknown word.

    .tokens: list[str]: in descending order of count, ties in code point order.
    .counts: int64 (V,): how often each of them occurs.
    """

    def __init__(self, sentences: list[list[str]], min_count: int = 1) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def __len__(self) -> int:
        # YOUR CODE HERE
        raise NotImplementedError()

    def encode(self, tokens: list[str]) -> list[int]:
        """The ids of the tokens; unknown ones are dropped."""
        # YOUR CODE HERE
        raise NotImplementedError()


def keep_probability(counts: Tensor, t: float = 1e-3) -> Tensor:
    """float64 (V,): the probability that an occurrence of each word is kept,

        min(1, sqrt(t / f) + t / f),   f = the word's fraction of all counts (V,)

    and 1 for a count of 0. Raises ValueError naming counts (a negative one) or t (not above 0).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def subsample(ids: list[int], keep: Tensor, seed: int) -> list[int]:
    """The ids that stay, in their order: each position is kept with probability keep[id],
    independently. keep (V,) float; 0 never keeps, 1 always. The same seed keeps the same positions.

    Raises ValueError naming keep (outside [0, 1]) or ids (one that is not an index of keep).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def skipgram_pairs(ids: list[int], window: int) -> Tensor:
    """int64 (P, 2): a row (center, context) for every ordered pair of different positions at most
    `window` apart; centers in order, the contexts of a center from left to right.

    A word that occurs twice may be its own context. Without pairs the shape is (0, 2).
    Raises ValueError naming window below 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def cbow_examples(ids: list[int], window: int) -> list[tuple[list[int], int]]:
    """(contexts, center) for each position in order: the ids at most `window` positions to its left
    and right, from left to right. Positions without any context are left out.

    Raises ValueError naming window below 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

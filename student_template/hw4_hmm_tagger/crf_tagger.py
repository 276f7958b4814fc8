"""Bonus: a bidirectional LSTM that scores tags, and a CRF on top that chooses whole sequences.

A softmax at each word chooses each tag by itself. The CRF adds a score for each pair of
neighbouring tags and normalises over all sequences: Huang, Xu & Yu (2015); Lample et al. (2016),
section 2.

    score(y) = sum over t of emissions[t, y_t] + sum over t of transitions[y_t-1, y_t]

Shapes:

    T  words        S  tags
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .extensions import crf_nll


def crf_viterbi(emissions: Tensor, transitions: Tensor) -> tuple[Tensor, float]:
    """The path with the highest score, (T,) int64, and its score.

    emissions (T, S), transitions (S, S) [from, to]. On a tie, the path with the smallest last tag,
    then the smallest tag before it, and so on. A score of -inf forbids.
    Raises ValueError naming emissions or transitions (T = 0, shapes that do not agree).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class BiLSTMCRF(nn.Module):
    """words: the known words; all others share one vector. tags: the tag set. `.transitions`, an
    nn.Parameter (S, S), scores each tag (column) after each tag (row).

    The same seed gives the same tagger.
    """

    def __init__(
        self, words: list[str], tags: list[str], word_dim: int = 32, hidden: int = 32, seed: int = 0
    ) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def emissions(self, words: list[str]) -> Tensor:
        """The score (T, S) of each tag for each word, without the transitions."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def fit(
        self,
        sentences: list[list[tuple[str, str]]],
        epochs: int = 5,
        lr: float = 1e-2,
        seed: int = 0,
    ) -> BiLSTMCRF:
        """Minimise the CRF's loss on sentences of (word, tag), in an order that `seed` shuffles.

        Returns self. Raises ValueError naming sentences if one has a tag not in tags.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def tag(self, words: list[str]) -> list[str]:
        """The tag sequence with the highest score; an empty list for no words."""
        # YOUR CODE HERE
        raise NotImplementedError()

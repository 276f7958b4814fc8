"""The maximum-entropy Markov model: a classifier that tags word by word, and what it cannot do.

An HMM models how tags generate words; a MEMM (McCallum, Freitag & Pereira, 2000) predicts the next
tag directly, by multinomial logistic regression over any facts about the sentence:

    P(y_t | y_t-1, words) = softmax over tags of W[features(words, t, y_t-1)]

The price is the label bias (Bottou 1991; Lafferty, McCallum & Pereira 2001): the scores of every
step are normalised on their own, so a step without a good continuation is as certain as any other.
`locally_normalised` and `globally_normalised` read the same scores both ways.

Shapes:

    S  tags        T  length of a sentence        F  features
"""

from __future__ import annotations

import numpy as np


def features(words: list[str], i: int, previous_tag: str | None) -> list[str]:
    """Facts about position i: the previous tag (None before the first word); the word, its last
    three characters, whether its first character is upper case, whether any is a digit.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class MEMM:
    """tags: the tag set, in the order that `log_prob_next` uses. l2: the penalty (l2 / 2) |W|^2 is
    added to the mean cross-entropy.

    Raises ValueError naming l2 if it is negative.
    """

    def __init__(self, tags: list[str], l2: float = 0.0) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def fit(
        self,
        sentences: list[list[tuple[str, str]]],
        epochs: int = 20,
        lr: float = 0.5,
        seed: int = 0,
    ) -> MEMM:
        """Learn from sentences of (word, tag), each word given the gold tag before it. Returns self.

        A second fit starts from scratch. Raises ValueError naming sentences if one has a tag not in
        tags.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def log_prob_next(self, words: list[str], i: int, previous_tag: str | None) -> np.ndarray:
        """Log-probabilities ln P(tag at i | previous_tag, words), (S,) float64, in the order of tags.

        previous_tag is None at the first word.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def decode(self, words: list[str]) -> list[str]:
        """The tags whose log-probabilities have the largest sum, by Viterbi."""
        # YOUR CODE HERE
        raise NotImplementedError()


def locally_normalised(scores: np.ndarray) -> tuple[np.ndarray, float]:
    """The best path (T,) int64 and its log-probability, when each step has its own softmax:

        ln p(path) = sum over t of ln softmax(scores[t, y_t-1])[y_t]

    scores: (T, S, S) [step, from, to]; at step 0 only row 0 counts. Ties as in `viterbi`.
    Raises ValueError naming scores (no step, or not of shape (T, S, S)).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def globally_normalised(scores: np.ndarray) -> tuple[np.ndarray, float]:
    """The best path (T,) int64 and its log-probability, when whole paths are normalised:

        ln p(path) = sum over t of scores[t, y_t-1, y_t] - ln sum over all paths of exp(that sum)

    scores: (T, S, S) [step, from, to]; at step 0 only row 0 counts. Ties as in `viterbi`.
    Raises ValueError naming scores (no step, or not of shape (T, S, S)).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

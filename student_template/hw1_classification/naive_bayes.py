"""Multinomial naive Bayes.

    P(c | d)  ~  P(c) * prod_v P(v | c)^count(v, d)

in logarithms, since a product of a thousand probabilities is 0 in floating point. Smoothing adds
alpha to every count (Laplace for alpha = 1). See Jurafsky & Martin, Speech and Language
Processing, chapter 4; Manning, Raghavan & Schütze (2008), chapter 13.

Shapes:

    N  documents        V  words        C  classes
"""

from __future__ import annotations

import numpy as np


class NaiveBayes:
    """Multinomial naive Bayes with additive smoothing; alpha = 0 is allowed.

    Raises ValueError naming alpha when it is negative.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def fit(self, counts: np.ndarray, labels: np.ndarray) -> NaiveBayes:
        """Estimate from counts (N, V), real numbers >= 0, and labels (N,), integers >= 0:

            .class_log_prior_ (C,)    ln(N_c / N), not smoothed; -inf for a class without documents
            .feature_log_prob_ (C, V) ln((count + alpha) / (total + alpha V))

        both float64, C = the largest label + 1. A class without any word has a row of -ln V, or of
        -inf if alpha is 0.

        Raises ValueError naming counts (none, or negative) or labels (negative, a different
        length).
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def joint_log_likelihood(self, counts: np.ndarray) -> np.ndarray:
        """(N, C): ln P(c) + sum_v count(d, v) ln P(v | c), where 0 times -inf is 0.

        Raises ValueError naming counts if V is not that of fit, or for a negative count.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def predict_log_proba(self, counts: np.ndarray) -> np.ndarray:
        """(N, C): ln P(c | d). A document that is impossible under every class gets -ln C for each."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def predict(self, counts: np.ndarray) -> np.ndarray:
        """int64 (N,): the most probable class; on a tie, the smaller one."""
        # YOUR CODE HERE
        raise NotImplementedError()


def most_informative(model: NaiveBayes, k: int, positive: int = 1, negative: int = 0) -> list[int]:
    """The ids of the k words that favour `positive` most over `negative`:

        in descending order of feature_log_prob_[positive] - feature_log_prob_[negative],

    ties in order of id; where both are -inf the difference is 0. All V ids for k > V.

    Raises ValueError naming k (below 1), positive or negative (not a class of the model).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

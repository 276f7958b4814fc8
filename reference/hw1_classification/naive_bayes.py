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
        ### BEGIN SOLUTION
        if alpha < 0:
            raise ValueError("alpha must not be negative")
        self.alpha = alpha
        ### END SOLUTION

    def fit(self, counts: np.ndarray, labels: np.ndarray) -> NaiveBayes:
        """Estimate from counts (N, V), real numbers >= 0, and labels (N,), integers >= 0:

            .class_log_prior_ (C,)    ln(N_c / N), not smoothed; -inf for a class without documents
            .feature_log_prob_ (C, V) ln((count + alpha) / (total + alpha V))

        both float64, C = the largest label + 1. A class without any word has a row of -ln V, or of
        -inf if alpha is 0.

        Raises ValueError naming counts (none, or negative) or labels (negative, a different
        length).
        """
        ### BEGIN SOLUTION
        counts, labels = np.asarray(counts, dtype=np.float64), np.asarray(labels)
        if counts.ndim != 2 or counts.shape[0] == 0:
            raise ValueError("counts must hold at least one document, as (N, V)")
        if (counts < 0).any():
            raise ValueError("counts must not be negative")
        if labels.shape != (counts.shape[0],):
            raise ValueError("labels must hold one class for each row of counts")
        if (labels < 0).any():
            raise ValueError("labels must not be negative")
        member = np.arange(labels.max() + 1)[:, None] == labels  # (C, N)
        words = member.astype(np.float64) @ counts  # (C, N) x (N, V) -> (C, V)
        smoothed = words + self.alpha  # (C, V)
        totals = smoothed.sum(axis=1, keepdims=True)  # (C, 1)
        with np.errstate(divide="ignore"):  # ln 0 = -inf is meant
            self.class_log_prior_ = np.log(member.mean(axis=1))  # (C,)
            share = np.divide(smoothed, totals, out=np.zeros_like(smoothed), where=totals > 0)
            self.feature_log_prob_ = np.log(share)  # (C, V)
        return self
        ### END SOLUTION

    def joint_log_likelihood(self, counts: np.ndarray) -> np.ndarray:
        """(N, C): ln P(c) + sum_v count(d, v) ln P(v | c), where 0 times -inf is 0.

        Raises ValueError naming counts if V is not that of fit, or for a negative count.
        """
        ### BEGIN SOLUTION
        counts = np.asarray(counts, dtype=np.float64)
        if counts.ndim != 2 or counts.shape[1] != self.feature_log_prob_.shape[1]:
            raise ValueError(f"counts must have {self.feature_log_prob_.shape[1]} columns")
        if (counts < 0).any():
            raise ValueError("counts must not be negative")
        impossible = np.isneginf(self.feature_log_prob_)  # (C, V)
        finite = np.where(impossible, 0.0, self.feature_log_prob_)  # (C, V)
        joint = self.class_log_prior_ + counts @ finite.T  # (N, V) x (V, C) -> (N, C)
        # one impossible word makes the document impossible; an absent one says nothing
        hits = (counts > 0).astype(np.float64) @ impossible.T.astype(np.float64)  # (N, C)
        return np.where(hits > 0, -np.inf, joint)
        ### END SOLUTION

    def predict_log_proba(self, counts: np.ndarray) -> np.ndarray:
        """(N, C): ln P(c | d). A document that is impossible under every class gets -ln C for each."""
        ### BEGIN SOLUTION
        joint = self.joint_log_likelihood(counts)  # (N, C)
        classes = joint.shape[1]
        top = joint.max(axis=1, keepdims=True)  # (N, 1)
        hopeless = np.isneginf(top)
        # the largest is taken out first, so that exp never meets -100000
        shifted = joint - np.where(hopeless, 0.0, top)
        with np.errstate(divide="ignore"):
            evidence = np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (N, 1)
        return np.where(hopeless, -np.log(classes), shifted - np.where(hopeless, 0.0, evidence))
        ### END SOLUTION

    def predict(self, counts: np.ndarray) -> np.ndarray:
        """int64 (N,): the most probable class; on a tie, the smaller one."""
        ### BEGIN SOLUTION
        return self.joint_log_likelihood(counts).argmax(axis=1)  # (N, C) -> (N,)
        ### END SOLUTION


def most_informative(model: NaiveBayes, k: int, positive: int = 1, negative: int = 0) -> list[int]:
    """The ids of the k words that favour `positive` most over `negative`:

        in descending order of feature_log_prob_[positive] - feature_log_prob_[negative],

    ties in order of id; where both are -inf the difference is 0. All V ids for k > V.

    Raises ValueError naming k (below 1), positive or negative (not a class of the model).
    """
    ### BEGIN SOLUTION
    table = model.feature_log_prob_  # (C, V)
    if k < 1:
        raise ValueError("k must be at least 1")
    if not 0 <= positive < len(table):
        raise ValueError("positive is no class of the model")
    if not 0 <= negative < len(table):
        raise ValueError("negative is no class of the model")
    for_it, against = table[positive], table[negative]  # (V,), (V,)
    never = np.isneginf(for_it) & np.isneginf(against)
    difference = np.where(never, 0.0, for_it) - np.where(never, 0.0, against)
    order = np.argsort(-difference, kind="stable")  # stable: ties keep their order of ids
    return [int(i) for i in order[:k]]
    ### END SOLUTION

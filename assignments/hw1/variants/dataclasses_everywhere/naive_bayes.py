"""Naive Bayes as a dataclass around frozen tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Tables:
    """What a fit finds."""

    prior: np.ndarray
    words: np.ndarray

    @classmethod
    def of(cls, counts: np.ndarray, labels: np.ndarray, alpha: float) -> Tables:
        C, V = int(labels.max()) + 1, counts.shape[1]
        sums = np.zeros((C, V))
        sizes = np.zeros(C)
        for row, label in zip(counts, labels, strict=True):
            sums[label] += row
            sizes[label] += 1
        totals = sums.sum(axis=1, keepdims=True) + alpha * V
        with np.errstate(divide="ignore", invalid="ignore"):
            words = np.log(sums + alpha) - np.log(totals)
            prior = np.log(sizes / len(labels))
        return cls(prior, np.where(np.isnan(words), -np.inf, words))


@dataclass
class NaiveBayes:
    alpha: float = 1.0
    tables: Tables | None = field(default=None, init=False, repr=False)

    def __post_init__(self):
        if self.alpha < 0:
            raise ValueError("alpha < 0")

    @property
    def class_log_prior_(self):
        return self.tables.prior

    @property
    def feature_log_prob_(self):
        return self.tables.words

    def fit(self, counts, labels):
        counts, labels = np.asarray(counts), np.asarray(labels)
        if counts.ndim != 2 or counts.shape[0] == 0 or np.any(counts < 0):
            raise ValueError("counts: (N, V), N > 0, no negative number")
        if labels.shape != counts.shape[:1] or np.any(labels < 0):
            raise ValueError("labels: (N,), no negative number")
        self.tables = Tables.of(counts, labels, self.alpha)
        return self

    def joint_log_likelihood(self, counts):
        counts = np.asarray(counts, dtype=np.float64)
        if counts.ndim != 2 or counts.shape[1] != self.tables.words.shape[1] or np.any(counts < 0):
            raise ValueError("counts: (N, V) as in fit, no negative number")
        with np.errstate(invalid="ignore"):
            terms = counts[:, None, :] * self.tables.words[None, :, :]  # (N, C, V)
        terms[np.broadcast_to(counts[:, None, :] == 0, terms.shape)] = 0.0
        return terms.sum(axis=2) + self.tables.prior

    def predict_log_proba(self, counts):
        joint = self.joint_log_likelihood(counts)
        top = joint.max(axis=1, keepdims=True)
        # all impossible: as good as all alike
        joint = np.where(np.isneginf(top), 0.0, joint)
        top = np.where(np.isneginf(top), 0.0, top)
        return joint - (np.log(np.sum(np.exp(joint - top), axis=1, keepdims=True)) + top)

    def predict(self, counts):
        best = [int(np.argmax(row)) for row in self.joint_log_likelihood(counts)]
        return np.asarray(best, dtype=np.int64)


@dataclass(order=True)
class Evidence:
    """Sorts by falling weight, then by id."""

    negative_weight: float
    word: int


def most_informative(model, k, positive=1, negative=0):
    words = model.tables.words
    if k < 1:
        raise ValueError("k < 1")
    if positive not in range(len(words)):
        raise ValueError(f"positive = {positive} is no class")
    if negative not in range(len(words)):
        raise ValueError(f"negative = {negative} is no class")
    evidence = []
    for word, (a, b) in enumerate(zip(words[positive].tolist(), words[negative].tolist())):
        evidence.append(Evidence(0.0 if a == b else b - a, word))
    return [item.word for item in sorted(evidence)[:k]]

"""Naive Bayes with lazy tables: fit only counts."""

import math
from functools import cached_property, reduce

import numpy as np


def _valid(counts, columns=None):
    counts = np.asarray(counts)
    if counts.ndim != 2:
        raise ValueError("counts: two dimensions")
    if columns is not None and counts.shape[1] != columns:
        raise ValueError(f"counts: {columns} columns")
    if (counts < 0).any():
        raise ValueError("counts: not negative")
    return counts.astype(np.float64)


class NaiveBayes:
    def __init__(self, alpha=1.0):
        self._alpha = alpha
        self._seen = None

    def fit(self, counts, labels):
        if self._alpha < 0:
            raise ValueError("alpha: not negative")
        counts, labels = _valid(counts), np.asarray(labels)
        if not len(counts):
            raise ValueError("counts: at least one document")
        if len(labels) != len(counts):
            raise ValueError("labels: one for each document")
        if labels.min() < 0:
            raise ValueError("labels: not negative")
        for name in ("class_log_prior_", "feature_log_prob_"):
            self.__dict__.pop(name, None)  # a second fit starts afresh
        classes = range(labels.max() + 1)
        self._words = np.array([counts[labels == c].sum(axis=0) for c in classes])
        self._documents = [int((labels == c).sum()) for c in classes]
        return self

    @cached_property
    def class_log_prior_(self):
        total = math.log(sum(self._documents))
        return np.array([math.log(n) - total if n else -math.inf for n in self._documents])

    @cached_property
    def feature_log_prob_(self):
        with np.errstate(divide="ignore", invalid="ignore"):
            smoothed = np.log(self._words + self._alpha)
            normal = np.logaddexp.reduce(smoothed, axis=1, keepdims=True)
            return np.where(np.isneginf(smoothed), -np.inf, smoothed - normal)

    def joint_log_likelihood(self, counts):
        table = self.feature_log_prob_
        counts = _valid(counts, table.shape[1])
        joint = np.tile(self.class_log_prior_, (len(counts), 1))
        for v in range(table.shape[1]):
            there = counts[:, v] > 0
            joint[there] += np.multiply.outer(counts[there, v], table[:, v])
        return joint

    def predict_log_proba(self, counts):
        joint = self.joint_log_likelihood(counts)
        evidence = reduce(np.logaddexp, joint.T)[:, None]
        uniform = np.full_like(joint, -math.log(joint.shape[1]))
        with np.errstate(invalid="ignore"):
            return np.where(np.isneginf(evidence), uniform, joint - evidence)

    def predict(self, counts):
        # normalising moves a row as a whole: the largest stays the largest
        return np.int64(self.predict_log_proba(counts).argmax(axis=1))


def most_informative(model, k, positive=1, negative=0):
    C, V = model.feature_log_prob_.shape
    if k < 1:
        raise ValueError("k: at least 1")
    if not 0 <= positive < C:
        raise ValueError("positive: no such class")
    if not 0 <= negative < C:
        raise ValueError("negative: no such class")
    with np.errstate(invalid="ignore"):
        evidence = np.subtract(model.feature_log_prob_[positive], model.feature_log_prob_[negative])
    ranked = sorted(zip(-np.nan_to_num(evidence, posinf=np.inf, neginf=-np.inf), range(V)))
    return [i for _, i in ranked[:k]]

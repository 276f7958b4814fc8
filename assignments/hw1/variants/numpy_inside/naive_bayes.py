"""Multinomial naive Bayes, normalised by logaddexp; the classes gathered by np.add.at."""

import numpy as np


def _log(x):
    with np.errstate(divide="ignore"):
        return np.log(x)


def _matrix(counts):
    counts = np.asarray(counts, dtype=float)
    if counts.ndim != 2 or (counts.size and counts.min() < 0):
        raise ValueError("counts: (N, V) of numbers from 0 on")
    return counts


class NaiveBayes:
    def __init__(self, alpha=1.0):
        if alpha < 0:
            raise ValueError("alpha: at least 0")
        self.alpha = float(alpha)

    def fit(self, counts, labels):
        counts = _matrix(counts)
        labels = np.asarray(labels)
        N, V = counts.shape
        if N == 0:
            raise ValueError("counts: no documents")
        if labels.shape != (N,) or labels.min() < 0:
            raise ValueError("labels: one class from 0 on for each document")
        C = labels.max() + 1
        self.class_log_prior_ = _log(np.bincount(labels, minlength=C)) - np.log(N)
        table = np.full((C, V), self.alpha)
        np.add.at(table, labels, counts)
        total = table.sum(axis=1)
        # a total of 0 has only zeros above it: -inf minus ln 1
        self.feature_log_prob_ = _log(table) - _log(np.where(total > 0, total, 1.0))[:, None]
        return self

    def joint_log_likelihood(self, counts):
        counts = _matrix(counts)
        if counts.shape[1] != self.feature_log_prob_.shape[1]:
            raise ValueError("counts: other columns than in fit")
        columns = []
        for prior, row in zip(self.class_log_prior_, self.feature_log_prob_, strict=True):
            possible = row > -np.inf
            score = counts[:, possible] @ row[possible] + prior
            score[counts[:, ~possible].any(axis=1)] = -np.inf
            columns.append(score)
        return np.column_stack(columns)

    def predict_log_proba(self, counts):
        joint = self.joint_log_likelihood(counts)
        evidence = np.logaddexp.reduce(joint, axis=1, keepdims=True)
        hopeless = evidence[:, 0] == -np.inf
        joint[hopeless] = 0.0
        evidence[hopeless] = np.log(joint.shape[1])
        return joint - evidence

    def predict(self, counts):
        return np.argmax(self.joint_log_likelihood(counts), axis=1).astype(np.int64)


def most_informative(model, k, positive=1, negative=0):
    logs = model.feature_log_prob_
    if k < 1:
        raise ValueError("k: at least 1")
    for name, c in (("positive", positive), ("negative", negative)):
        if c < 0 or c >= logs.shape[0]:
            raise ValueError(f"{name}: no such class")
    with np.errstate(invalid="ignore"):
        gap = logs[positive] - logs[negative]
    gap[np.isnan(gap)] = 0.0
    return np.lexsort((np.arange(gap.size), -gap))[:k].tolist()

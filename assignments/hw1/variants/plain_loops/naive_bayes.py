"""Multinomial naive Bayes, summed term by term."""

import math

import numpy as np

MINUS_INFINITY = float("-inf")


def _log(value):
    return math.log(value) if value > 0 else MINUS_INFINITY


def _rows(counts):
    counts = np.asarray(counts)
    if counts.ndim != 2:
        raise ValueError("counts must have the shape (N, V)")
    if counts.size and counts.min() < 0:
        raise ValueError("counts must be at least 0")
    return counts.tolist(), counts.shape[1]


class NaiveBayes:
    def __init__(self, alpha=1.0):
        if alpha < 0:
            raise ValueError("alpha must be at least 0")
        self.alpha = alpha

    def fit(self, counts, labels):
        rows, width = _rows(counts)
        labels = np.asarray(labels).tolist()
        if not rows:
            raise ValueError("counts is empty")
        if len(labels) != len(rows):
            raise ValueError("labels and counts have different lengths")
        if min(labels) < 0:
            raise ValueError("labels must be at least 0")
        n_classes = max(labels) + 1
        documents = [0] * n_classes
        table = [[0.0] * width for _ in range(n_classes)]
        for row, label in zip(rows, labels):
            documents[label] += 1
            for word, count in enumerate(row):
                table[label][word] += count
        self.class_log_prior_ = np.array([_log(d / len(rows)) for d in documents])
        logs = []
        for row in table:
            total = sum(row) + self.alpha * width
            logs.append([_log((count + self.alpha) / total) if total > 0 else MINUS_INFINITY
                         for count in row])
        self.feature_log_prob_ = np.array(logs, dtype=np.float64)
        return self

    def joint_log_likelihood(self, counts):
        rows, width = _rows(counts)
        n_classes, fitted = self.feature_log_prob_.shape
        if width != fitted:
            raise ValueError("counts has another number of columns than the fitted one")
        priors = self.class_log_prior_.tolist()
        logs = self.feature_log_prob_.tolist()
        result = np.empty((len(rows), n_classes))
        for i, row in enumerate(rows):
            for c in range(n_classes):
                score = priors[c]
                for count, log_prob in zip(row, logs[c]):
                    if count:
                        score += count * log_prob
                result[i, c] = score
        return result

    def predict_log_proba(self, counts):
        joint = self.joint_log_likelihood(counts)
        result = np.empty(joint.shape)
        for i, scores in enumerate(joint.tolist()):
            top = max(scores)
            if top == MINUS_INFINITY:
                result[i] = -math.log(len(scores))
                continue
            rest = math.log(sum(math.exp(score - top) for score in scores))
            result[i] = [score - top - rest for score in scores]
        return result

    def predict(self, counts):
        labels = []
        for scores in self.joint_log_likelihood(counts).tolist():
            best = 0
            for c, score in enumerate(scores):
                if score > scores[best]:
                    best = c
            labels.append(best)
        return np.array(labels, dtype=np.int64)


def most_informative(model, k, positive=1, negative=0):
    n_classes, n_words = model.feature_log_prob_.shape
    if k < 1:
        raise ValueError("k must be at least 1")
    for name, label in (("positive", positive), ("negative", negative)):
        if not 0 <= label < n_classes:
            raise ValueError(f"{name} is no class of the model")
    differences = []
    for word in range(n_words):
        first = float(model.feature_log_prob_[positive, word])
        second = float(model.feature_log_prob_[negative, word])
        differences.append(0.0 if first == second else first - second)
    chosen = []
    remaining = list(range(n_words))
    while remaining and len(chosen) < k:
        best = remaining[0]
        for word in remaining:
            if differences[word] > differences[best]:
                best = word
        remaining.remove(best)
        chosen.append(best)
    return chosen

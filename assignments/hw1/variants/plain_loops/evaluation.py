"""Splits, metrics and selection, counted by hand."""

import random

import numpy as np

from .logistic_regression import LogisticRegression


def split(n, ratios=(0.6, 0.2, 0.2), seed=0):
    if n < 1:
        raise ValueError("n must be at least 1")
    if any(ratio < 0 for ratio in ratios) or abs(sum(ratios) - 1) > 1e-9:
        raise ValueError("ratios must be at least 0 and sum to 1")
    sizes = [int(n * ratio + 1e-9) for ratio in ratios]
    while sum(sizes) < n:
        best = 0
        for part in range(1, len(sizes)):
            if n * ratios[part] - sizes[part] > n * ratios[best] - sizes[best] + 1e-9:
                best = part
        sizes[best] += 1
    indices = list(range(n))
    random.Random(seed).shuffle(indices)
    parts = []
    for size in sizes:
        parts.append(np.array(indices[:size], dtype=np.int64))
        indices = indices[size:]
    return tuple(parts)


def _pairs(gold, predicted):
    gold = [int(v) for v in gold]
    predicted = [int(v) for v in predicted]
    if len(gold) != len(predicted):
        raise ValueError("gold and predicted have different lengths")
    return gold, predicted


def confusion_matrix(gold, predicted, n_classes):
    gold, predicted = _pairs(gold, predicted)
    matrix = np.zeros((n_classes, n_classes), dtype=np.int64)
    for g, p in zip(gold, predicted):
        if not 0 <= g < n_classes:
            raise ValueError("gold is out of range")
        if not 0 <= p < n_classes:
            raise ValueError("predicted is out of range")
        matrix[g, p] += 1
    return matrix


def accuracy(gold, predicted):
    gold, predicted = _pairs(gold, predicted)
    if not gold:
        raise ValueError("gold is empty")
    right = 0
    for g, p in zip(gold, predicted):
        if g == p:
            right += 1
    return right / len(gold)


def _figures(true_positive, said, real):
    precision = true_positive / said if said else 0.0
    recall = true_positive / real if real else 0.0
    f1 = 2 * true_positive / (said + real) if true_positive else 0.0
    return precision, recall, f1


def precision_recall_f1(gold, predicted, n_classes, average):
    if average not in ("binary", "macro", "micro"):
        raise ValueError(f"average: unknown {average!r}")
    if average == "binary" and n_classes < 2:
        raise ValueError("n_classes must be at least 2")
    matrix = confusion_matrix(gold, predicted, n_classes).tolist()
    if not len(gold):
        raise ValueError("gold is empty")
    classes = range(n_classes)
    hits = [matrix[c][c] for c in classes]
    said = [sum(matrix[g][c] for g in classes) for c in classes]
    real = [sum(matrix[c]) for c in classes]
    if average == "binary":
        return _figures(hits[1], said[1], real[1])
    if average == "micro":
        return _figures(sum(hits), sum(said), sum(real))
    per_class = [_figures(hits[c], said[c], real[c]) for c in classes]
    return tuple(sum(figure[i] for figure in per_class) / n_classes for i in range(3))


def cross_validation_folds(n, k, seed):
    if n < 2:
        raise ValueError("n must be at least 2")
    if not 2 <= k <= n:
        raise ValueError("k must lie between 2 and n")
    indices = list(range(n))
    random.Random(seed).shuffle(indices)
    folds = []
    for fold in range(k):
        train, val = [], []
        for position, index in enumerate(indices):
            if position % k == fold:
                val.append(index)
            else:
                train.append(index)
        folds.append((np.array(train, dtype=np.int64), np.array(val, dtype=np.int64)))
    return folds


def grid_search(X_train, y_train, X_val, y_val, l2_values, epochs=100, lr=0.1):
    if not l2_values:
        raise ValueError("l2_values is empty")
    figures = []
    best = 0
    for l2 in l2_values:
        model = LogisticRegression(l2=l2, lr=lr, epochs=epochs).fit(X_train, y_train)
        figures.append(accuracy(y_val.tolist(), model.predict(X_val).tolist()))
        if figures[-1] > figures[best]:
            best = len(figures) - 1
    return float(l2_values[best]), figures

"""Splits, metrics and selection."""

import random
from bisect import bisect

import numpy as np

from hw1_classification.features import Vocabulary
from hw1_classification.logistic_regression import LogisticRegression
from hw1_classification.tools import non_negative


def split(n, ratios=(0.6, 0.2, 0.2), seed=0):
    if n < 1:
        raise ValueError("n is below 1")
    non_negative("ratios", ratios)
    if abs(1 - sum(ratios)) > 1e-9:
        raise ValueError("ratios do not sum to 1")
    whole = [int(n * ratio + 1e-9) for ratio in ratios]
    ranks = sorted((round(size - n * ratio, 9), part)
                   for part, (size, ratio) in enumerate(zip(whole, ratios, strict=True)))
    lucky = {part for _, part in ranks[:n - sum(whole)]}
    sizes = [size + (part in lucky) for part, size in enumerate(whole)]
    pool = list(range(n))
    random.Random(seed).shuffle(pool)
    return tuple(np.array([pool.pop() for _ in range(size)], dtype=np.int64) for size in sizes)


def _same_length(gold, predicted):
    if len(gold) != len(predicted):
        raise ValueError("gold differs from predicted in length")


def confusion_matrix(gold, predicted, n_classes):
    _same_length(gold, predicted)
    matrix = np.zeros((n_classes, n_classes), dtype=np.int64)
    for name, labels in {"gold": gold, "predicted": predicted}.items():
        if any(bisect(range(n_classes), label) == 0 or label >= n_classes for label in labels):
            raise ValueError(f"{name} is out of range")
    for cell in zip(gold, predicted, strict=True):
        matrix[cell] += 1
    return matrix


def accuracy(gold, predicted):
    _same_length(gold, predicted)
    if len(gold) == 0:
        raise ValueError("predicted and gold are empty")
    return sum(bool(g == p) for g, p in zip(gold, predicted, strict=True)) / len(gold)


def _harmonic(a, b):
    return 2 * a * b / (a + b) if a + b else 0.0


def precision_recall_f1(gold, predicted, n_classes, average):
    if average == "micro":
        confusion_matrix(gold, predicted, n_classes)  # complains about labels out of range
        share = accuracy(gold, predicted)
        return share, share, share
    if average not in ("binary", "macro"):
        raise ValueError(f"average {average} is unknown")
    if len(gold) == 0:
        raise ValueError("gold is empty")
    matrix = confusion_matrix(gold, predicted, n_classes)
    precisions = [float(matrix[c, c] / max(matrix[:, c].sum(), 1)) for c in range(n_classes)]
    recalls = [float(matrix[c, c] / max(matrix[c, :].sum(), 1)) for c in range(n_classes)]
    f1s = list(map(_harmonic, precisions, recalls))
    if average == "binary":
        return precisions[1], recalls[1], f1s[1]
    return sum(precisions) / n_classes, sum(recalls) / n_classes, sum(f1s) / n_classes


def cross_validation_folds(n, k, seed):
    if not 2 <= k <= n:
        raise ValueError("k is not between 2 and n")
    pool = random.Random(seed).sample(range(n), n)
    vals = [np.array(pool[fold::k], dtype=np.int64) for fold in range(k)]
    return [(np.setdiff1d(np.arange(n), val), val) for val in vals]


def grid_search(X_train, y_train, X_val, y_val, l2_values, epochs=100, lr=0.1):
    if not len(l2_values):
        raise ValueError("l2_values is empty")
    accuracies = []
    for l2 in l2_values:
        model = LogisticRegression(l2=l2, lr=lr, epochs=epochs).fit(X_train, y_train)
        accuracies.append(accuracy(y_val.tolist(), model.predict(X_val).tolist()))
    best = min(range(len(accuracies)), key=lambda i: (-accuracies[i], i))
    return float(l2_values[best]), accuracies


def vocabulary_of_training(documents, indices):
    """Of one's own: the words of the training part alone."""
    return Vocabulary([documents[i] for i in indices])

"""Splits, metrics and selection with NumPy."""

from decimal import Decimal

import numpy as np

from .logistic_regression import LogisticRegression


def split(n, ratios=(0.6, 0.2, 0.2), seed=0):
    if n < 1:
        raise ValueError("n: at least 1")
    if min(ratios) < 0 or not np.isclose(sum(ratios), 1, rtol=0, atol=1e-9):
        raise ValueError("ratios: not negative, of sum 1")
    exact = [n * Decimal(repr(float(ratio))) for ratio in ratios]
    sizes = np.array([int(share) for share in exact])
    falling = sorted(range(len(exact)), key=lambda part: sizes[part] - exact[part])
    sizes[falling[:n - sizes.sum()]] += 1
    indices = np.arange(n)
    np.random.default_rng(seed).shuffle(indices)
    borders = np.concatenate([[0], np.cumsum(sizes)])
    return tuple(np.sort(indices[a:b]) for a, b in zip(borders, borders[1:]))


def _arrays(gold, predicted):
    gold, predicted = np.array(gold, dtype=int), np.array(predicted, dtype=int)
    if len(gold) != len(predicted):
        raise ValueError("gold: another length than predicted")
    return gold, predicted


def confusion_matrix(gold, predicted, n_classes):
    gold, predicted = _arrays(gold, predicted)
    for name, labels in (("gold", gold), ("predicted", predicted)):
        if not np.isin(labels, range(n_classes)).all():
            raise ValueError(f"{name}: a label out of range")
    one_hot = np.eye(n_classes, dtype=np.int64)
    return one_hot[gold].T @ one_hot[predicted]


def accuracy(gold, predicted):
    gold, predicted = _arrays(gold, predicted)
    if gold.size == 0:
        raise ValueError("gold: no labels")
    return float(np.mean(gold == predicted))


def precision_recall_f1(gold, predicted, n_classes, average):
    if average not in {"binary", "macro", "micro"}:
        raise ValueError(f"average: {average!r} is not known")
    if len(gold) == 0:
        raise ValueError("gold: no labels")
    matrix = confusion_matrix(gold, predicted, n_classes)
    hits = np.diag(matrix)
    if average == "micro":
        return (float(hits.sum() / matrix.sum()),) * 3
    chosen = [1] if average == "binary" else range(n_classes)
    figures = np.zeros((len(chosen), 3))
    for row, c in zip(figures, chosen):
        if hits[c]:
            precision, recall = hits[c] / matrix[:, c].sum(), hits[c] / matrix[c].sum()
            row[:] = precision, recall, 2 / (1 / precision + 1 / recall)
    return tuple(figures.mean(axis=0).tolist())


def cross_validation_folds(n, k, seed):
    if k < 2 or k > n:
        raise ValueError("k: from 2 to n")
    fold_of = np.random.default_rng(seed).permutation(np.arange(n) % k)
    return [(np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold))
            for fold in range(k)]


def grid_search(X_train, y_train, X_val, y_val, l2_values, epochs=100, lr=0.1):
    if not l2_values:
        raise ValueError("l2_values: at least one")
    right = y_val.numpy()
    figures = []
    for l2 in l2_values:
        model = LogisticRegression(l2=l2, epochs=epochs, lr=lr)
        figures.append(accuracy(right, model.fit(X_train, y_train).predict(X_val).numpy()))
    return float(l2_values[int(np.argmax(figures))]), figures

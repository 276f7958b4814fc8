"""Splits, metrics and selection with torch."""

import torch

from ._arrays import generator
from .logistic_regression import LogisticRegression


def split(n, ratios=(0.6, 0.2, 0.2), seed=0):
    if n < 1:
        raise ValueError("n must be positive")
    shares = torch.tensor(ratios, dtype=torch.float64)
    if (shares < 0).any() or abs(shares.sum().item() - 1) > 1e-9:
        raise ValueError("ratios must not be negative and must sum to 1")
    sizes = torch.floor(n * shares + 1e-9)
    remainder = torch.round(n * shares - sizes, decimals=9)
    order = torch.sort(remainder, descending=True, stable=True).indices
    sizes[order[: n - int(sizes.sum())]] += 1
    indices = torch.randperm(n, generator=generator(seed))
    return tuple(part.numpy() for part in indices.split([int(size) for size in sizes]))


def _labels(values, name, n_classes):
    labels = torch.tensor([int(value) for value in values], dtype=torch.int64)
    if n_classes is not None and ((labels < 0) | (labels >= n_classes)).any():
        raise ValueError(f"{name} holds a label out of range")
    return labels


def _both(gold, predicted, n_classes=None):
    gold, predicted = _labels(gold, "gold", n_classes), _labels(predicted, "predicted", n_classes)
    if gold.shape != predicted.shape:
        raise ValueError("gold and predicted must have the same length")
    return gold, predicted


def confusion_matrix(gold, predicted, n_classes):
    gold, predicted = _both(gold, predicted, n_classes)
    cells = torch.bincount(gold * n_classes + predicted, minlength=n_classes * n_classes)
    return cells.reshape(n_classes, n_classes).numpy()


def accuracy(gold, predicted):
    gold, predicted = _both(gold, predicted)
    if not len(gold):
        raise ValueError("gold must not be empty")
    return (gold == predicted).double().mean().item()


def _ratio(part, whole):
    return torch.where(whole > 0, part / whole.clamp(min=1e-300), 0.0)


def precision_recall_f1(gold, predicted, n_classes, average):
    if average not in ("binary", "macro", "micro"):
        raise ValueError(f"average {average!r} is not known")
    if average == "binary" and n_classes < 2:
        raise ValueError("n_classes must be at least 2")
    matrix = torch.from_numpy(confusion_matrix(gold, predicted, n_classes)).double()
    if matrix.sum() == 0:
        raise ValueError("gold must not be empty")
    hits, said, real = matrix.diag(), matrix.sum(dim=0), matrix.sum(dim=1)
    if average == "micro":
        hits, said, real = hits.sum(), said.sum(), real.sum()
    precision, recall = _ratio(hits, said), _ratio(hits, real)
    f1 = _ratio(2 * precision * recall, precision + recall)
    figures = torch.stack([precision, recall, f1])
    if average == "binary":
        figures = figures[:, 1]
    if average == "macro":
        figures = figures.mean(dim=1)
    return tuple(figures.tolist())


def cross_validation_folds(n, k, seed):
    if n < 2:
        raise ValueError("n must be at least 2")
    if k < 2 or k > n:
        raise ValueError("k must lie between 2 and n")
    order = torch.randperm(n, generator=generator(seed))
    vals = torch.tensor_split(order, k)
    return [(torch.cat(vals[:i] + vals[i + 1:]).numpy(), val.numpy().copy())
            for i, val in enumerate(vals)]


def grid_search(X_train, y_train, X_val, y_val, l2_values, epochs=100, lr=0.1):
    if len(l2_values) == 0:
        raise ValueError("l2_values must not be empty")
    figures = torch.stack([
        (LogisticRegression(l2=l2, lr=lr, epochs=epochs).fit(X_train, y_train).predict(X_val)
         == y_val).double().mean()
        for l2 in l2_values])
    best = int((figures == figures.max()).nonzero()[0])
    return float(l2_values[best]), figures.tolist()

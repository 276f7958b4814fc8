"""Scores as a NamedTuple, splits through a class that shuffles once."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from . import logistic_regression


class Shuffled:
    def __init__(self, n, seed):
        self.order = np.random.RandomState(seed).permutation(n).astype(np.int64)

    def parts(self, sizes):
        return np.split(self.order, np.cumsum(sizes)[:-1])


def split(n, ratios=(0.6, 0.2, 0.2), seed=0):
    if n < 1:
        raise ValueError("a split needs n of 1 or more")
    if min(ratios) < -0.0 or abs(sum(ratios) - 1) > 1e-9:
        raise ValueError("the ratios must sum to 1")
    shares = np.multiply(n, ratios)
    sizes = np.floor(shares + 1e-9).astype(int)
    order = np.argsort(np.round(sizes - shares, 9), kind="stable")
    for i in order[:n - sizes.sum()]:
        sizes[i] += 1
    return tuple(Shuffled(n, seed).parts(sizes))


def cross_validation_folds(n, k, seed):
    if k < 2 or n < k:
        raise ValueError("folds need k from 2 to n")
    smaller, larger = divmod(n, k)
    parts = Shuffled(n, seed).parts([smaller + 1] * larger + [smaller] * (k - larger))
    return [(np.concatenate([p for p in parts if p is not val]), val) for val in parts]


class Scores(NamedTuple):
    precision: float
    recall: float
    f1: float

    @classmethod
    def of(cls, right, said, real):
        return cls(right / (said or 1), right / (real or 1), 2 * right / (said + real or 1))


class Confusion:
    def __init__(self, gold, predicted, n_classes):
        if len(gold) != len(predicted):
            raise ValueError("gold and predicted differ in length")
        self.pairs = Counter(zip(map(int, gold), map(int, predicted), strict=True))
        self.classes = range(n_classes)
        for g, p in self.pairs:
            if g not in self.classes or p not in self.classes:
                raise ValueError("gold or predicted is out of range")

    def matrix(self):
        rows = [[self.pairs[g, p] for p in self.classes] for g in self.classes]
        return np.array(rows, dtype=np.int64)

    def of(self, c):
        said = sum(count for (_, p), count in self.pairs.items() if p == c)
        real = sum(count for (g, _), count in self.pairs.items() if g == c)
        return self.pairs[c, c], said, real

    def binary(self):
        return Scores.of(*self.of(1))

    def micro(self):
        return Scores.of(*np.sum([self.of(c) for c in self.classes], axis=0).tolist())

    def macro(self):
        table = [Scores.of(*self.of(c)) for c in self.classes]
        return Scores(*np.mean(table, axis=0).tolist())


def confusion_matrix(gold, predicted, n_classes):
    return Confusion(gold, predicted, n_classes).matrix()


def accuracy(gold, predicted):
    if len(gold) != len(predicted):
        raise ValueError("gold and predicted differ in length")
    if len(gold) == 0:
        raise ValueError("gold has no labels")
    return np.equal(gold, predicted).mean().item()


def precision_recall_f1(gold, predicted, n_classes, average):
    if average not in ("binary", "macro", "micro"):
        raise ValueError(f"average {average!r} is not known")
    if len(gold) == 0 == len(predicted):
        raise ValueError("gold has no labels")
    return getattr(Confusion(gold, predicted, n_classes), average)()


class Best(NamedTuple):
    l2: float
    accuracies: list


def grid_search(X_train, y_train, X_val, y_val, l2_values, epochs=100, lr=0.1):
    if len(l2_values) == 0:
        raise ValueError("l2_values has no value")
    best, accuracies = None, []
    for l2 in l2_values:
        model = logistic_regression.LogisticRegression(l2=l2, epochs=epochs, lr=lr)
        model.fit(X_train, y_train)
        accuracies.append(accuracy(y_val.long().numpy(), model.predict(X_val).numpy()))
        if best is None or accuracies[-1] > accuracies[l2_values.index(best)]:
            best = l2
    return Best(float(best), accuracies)

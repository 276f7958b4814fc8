"""Logistic regression over Python floats; tensors only come in and go out."""

import math
import random

import torch


def _sigmoid(z):
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    return math.exp(z) / (1 + math.exp(z))


def _map(function, x):
    return torch.tensor([function(v) for v in x.flatten().tolist()], dtype=x.dtype).reshape(x.shape)


def sigmoid(z):
    return _map(_sigmoid, z)


def _probabilities(p):
    if any(not 0 <= v <= 1 for v in p.flatten().tolist()):
        raise ValueError("p must lie in [0, 1]")


def _logit(p):
    if p == 0:
        return -math.inf
    if p == 1:
        return math.inf
    return math.log(p) - math.log1p(-p)


def logit(p):
    _probabilities(p)
    return _map(_logit, p)


def odds(p):
    _probabilities(p)
    return _map(lambda v: math.inf if v == 1 else v / (1 - v), p)


def _examples(X, y, l2, l1):
    if X.dim() != 2 or X.shape[0] == 0:
        raise ValueError("X must be (N, V) with N > 0")
    if tuple(y.shape) != (X.shape[0],):
        raise ValueError("y must have one label for each row of X")
    labels = [float(v) for v in y.tolist()]
    if any(v not in (0.0, 1.0) for v in labels):
        raise ValueError("y may only hold 0 and 1")
    if l2 < 0:
        raise ValueError("l2 must be at least 0")
    if l1 < 0:
        raise ValueError("l1 must be at least 0")
    return X.tolist(), labels


def _check_weights(w, X):
    if tuple(w.shape) != (X.shape[1],):
        raise ValueError("w must have one weight for each column of X")


def _score(weights, bias, row):
    total = bias
    for weight, value in zip(weights, row):
        total += weight * value
    return total


def _loss(weights, bias, rows, labels, l2, l1):
    total = 0.0
    for row, label in zip(rows, labels):
        z = _score(weights, bias, row)
        margin = z if label == 1 else -z
        total += math.log1p(math.exp(-abs(margin))) + max(-margin, 0.0)
    penalty = 0.0
    for weight in weights:
        penalty += l2 / 2 * weight * weight + l1 * abs(weight)
    return total / len(rows) + penalty


def _gradient(weights, bias, rows, labels, l2, l1):
    slope = [0.0] * len(weights)
    bias_slope = 0.0
    for row, label in zip(rows, labels):
        error = (_sigmoid(_score(weights, bias, row)) - label) / len(rows)
        bias_slope += error
        for j, value in enumerate(row):
            slope[j] += error * value
    for j, weight in enumerate(weights):
        slope[j] += l2 * weight
        if weight > 0:
            slope[j] += l1
        elif weight < 0:
            slope[j] -= l1
    return slope, bias_slope


def loss(w, b, X, y, l2=0.0, l1=0.0):
    rows, labels = _examples(X, y, l2, l1)
    _check_weights(w, X)
    return torch.tensor(_loss(w.tolist(), b.item(), rows, labels, l2, l1), dtype=X.dtype)


def gradient(w, b, X, y, l2=0.0, l1=0.0):
    rows, labels = _examples(X, y, l2, l1)
    _check_weights(w, X)
    slope, bias_slope = _gradient(w.tolist(), b.item(), rows, labels, l2, l1)
    return torch.tensor(slope, dtype=X.dtype), torch.tensor(bias_slope, dtype=X.dtype)


class LogisticRegression:
    def __init__(self, l2=0.0, l1=0.0, lr=0.1, epochs=100, batch_size=None, seed=0):
        if batch_size is not None and batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        self.l2, self.l1, self.lr = l2, l1, lr
        self.epochs, self.batch_size, self.seed = epochs, batch_size, seed

    def fit(self, X, y):
        rows, labels = _examples(X, y, self.l2, self.l1)
        size = self.batch_size or len(rows)
        generator = random.Random(self.seed)
        weights, bias = [0.0] * X.shape[1], 0.0
        order = list(range(len(rows)))
        self.losses = []
        for _ in range(self.epochs):
            if size < len(rows):
                generator.shuffle(order)
            for start in range(0, len(rows), size):
                batch = order[start:start + size]
                slope, bias_slope = _gradient(
                    weights, bias, [rows[i] for i in batch], [labels[i] for i in batch],
                    self.l2, self.l1)
                weights = [weight - self.lr * g for weight, g in zip(weights, slope)]
                bias -= self.lr * bias_slope
            self.losses.append(_loss(weights, bias, rows, labels, self.l2, self.l1))
        self.w = torch.tensor(weights, dtype=X.dtype)
        self.b = torch.tensor(bias, dtype=X.dtype)
        return self

    def predict_proba(self, X):
        if X.dim() != 2 or X.shape[1] != len(self.w):
            raise ValueError("X has another number of columns than the fitted one")
        weights, bias = self.w.tolist(), self.b.item()
        return torch.tensor([_sigmoid(_score(weights, bias, row)) for row in X.tolist()],
                            dtype=X.dtype)

    def predict(self, X):
        return torch.tensor([1 if p >= 0.5 else 0 for p in self.predict_proba(X).tolist()],
                            dtype=torch.int64)


def iterations_to_epochs(n_iters, n_examples, batch_size):
    if n_iters < 0:
        raise ValueError("n_iters must be at least 0")
    if n_examples < 1:
        raise ValueError("n_examples must be at least 1")
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    return n_iters * batch_size // n_examples

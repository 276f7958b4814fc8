"""Logistic regression in NumPy behind torch doors; dtypes go through unchanged."""

import numpy as np
import torch


def _array(tensor):
    return tensor.detach().numpy()


def _tensor(array, like):
    return torch.from_numpy(np.array(array)).to(like.dtype)


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def sigmoid(z):
    return _tensor(_sigmoid(_array(z)), z)


def _odds(p):
    values = _array(p)
    if np.any(values < 0) or np.any(values > 1):
        raise ValueError("p: a probability lies in [0, 1]")
    with np.errstate(divide="ignore"):
        return values / (1 - values)


def odds(p):
    return _tensor(_odds(p), p)


def logit(p):
    with np.errstate(divide="ignore"):
        return _tensor(np.log(_odds(p)), p)


def _data(X, y, l2, l1, w=None):
    if l2 < 0:
        raise ValueError("l2: at least 0")
    if l1 < 0:
        raise ValueError("l1: at least 0")
    X, y = _array(X), _array(y)
    if X.ndim != 2 or len(X) == 0:
        raise ValueError("X: (N, V) with at least one row")
    if y.shape != (len(X),) or not np.isin(y, (0, 1)).all():
        raise ValueError("y: one 0 or 1 for each row of X")
    if w is not None and w.shape != X.shape[1:]:
        raise ValueError("w: one weight for each column of X")
    return X, y.astype(X.dtype)


def _loss(w, b, X, y, l2, l1):
    z = X @ w + b
    return np.logaddexp(0, np.where(y == 1, -z, z)).mean() + l2 * (w @ w) / 2 + l1 * np.abs(w).sum()


def _gradient(w, b, X, y, l2, l1):
    error = _sigmoid(X @ w + b) - y
    return np.mean(X * error[:, None], axis=0) + l2 * w + l1 * np.sign(w), error.mean()


def loss(w, b, X, y, l2=0.0, l1=0.0):
    data = _data(X, y, l2, l1, w)
    return _tensor(_loss(_array(w), _array(b), *data, l2, l1), X)


def gradient(w, b, X, y, l2=0.0, l1=0.0):
    data = _data(X, y, l2, l1, w)
    slopes = _gradient(_array(w), _array(b), *data, l2, l1)
    return tuple(_tensor(slope, X) for slope in slopes)


class LogisticRegression:
    def __init__(self, l2=0.0, l1=0.0, lr=0.1, epochs=100, batch_size=None, seed=0):
        self.penalties = (l2, l1)
        self.lr = lr
        self.epochs = epochs
        self.batch_size = batch_size
        self.seed = seed

    def fit(self, X, y):
        data, labels = _data(X, y, *self.penalties)
        N, V = data.shape
        size = N if self.batch_size is None else self.batch_size
        if size < 1:
            raise ValueError("batch_size: at least 1")
        rng = np.random.default_rng(self.seed)
        w, b = np.zeros(V, dtype=data.dtype), np.zeros((), dtype=data.dtype)
        self.losses = []
        for _ in range(self.epochs):
            for batch in np.array_split(rng.permutation(N), range(size, N, size)):
                w_slope, b_slope = _gradient(w, b, data[batch], labels[batch], *self.penalties)
                w = w - (self.lr * w_slope).astype(w.dtype)
                b = b - (self.lr * b_slope).astype(b.dtype)
            self.losses.append(float(_loss(w, b, data, labels, *self.penalties)))
        self.w, self.b = _tensor(w, X), _tensor(b, X)
        return self

    def predict_proba(self, X):
        if X.ndim != 2 or X.shape[1] != len(self.w):
            raise ValueError("X: other columns than in fit")
        return _tensor(_sigmoid(_array(X) @ _array(self.w) + _array(self.b)), X)

    def predict(self, X):
        return torch.from_numpy((_array(self.predict_proba(X)) >= 0.5).astype(np.int64))


def iterations_to_epochs(n_iters, n_examples, batch_size):
    if n_iters < 0:
        raise ValueError("n_iters: at least 0")
    if n_examples < 1:
        raise ValueError("n_examples: at least 1")
    if batch_size < 1:
        raise ValueError("batch_size: at least 1")
    from fractions import Fraction

    return int(n_iters / Fraction(n_examples, batch_size))

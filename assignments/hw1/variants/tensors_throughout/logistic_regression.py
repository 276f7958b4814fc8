"""Logistic regression on tensors."""

import torch
from torch import Tensor

from ._arrays import generator


def sigmoid(z: Tensor) -> Tensor:
    return torch.exp(-torch.logaddexp(torch.zeros_like(z), -z))


def _check_probability(p: Tensor) -> None:
    if bool(((p < 0) | (p > 1)).any()):
        raise ValueError("p must lie between 0 and 1")


def logit(p: Tensor) -> Tensor:
    _check_probability(p)
    return torch.log(p) - torch.log1p(-p)


def odds(p: Tensor) -> Tensor:
    _check_probability(p)
    return p / (1 - p)


def _checked(X: Tensor, y: Tensor, l2: float, l1: float) -> Tensor:
    if X.ndim != 2 or X.shape[0] == 0:
        raise ValueError("X must have the shape (N, V), N at least 1")
    if y.shape != X.shape[:1]:
        raise ValueError("y must have the shape (N,)")
    if not bool(((y == 0) | (y == 1)).all()):
        raise ValueError("y must hold 0 and 1 only")
    for name, value in (("l2", l2), ("l1", l1)):
        if value < 0:
            raise ValueError(f"{name} must not be negative")
    return y.to(X.dtype)


def _scores(w: Tensor, b: Tensor, X: Tensor) -> Tensor:
    if w.shape != X.shape[1:]:
        raise ValueError("w must have the shape (V,)")
    return X @ w + b


def loss(w: Tensor, b: Tensor, X: Tensor, y: Tensor, l2: float = 0.0, l1: float = 0.0) -> Tensor:
    y = _checked(X, y, l2, l1)
    z = _scores(w, b, X)
    cross_entropy = torch.logaddexp(torch.zeros_like(z), z) - y * z
    return cross_entropy.mean() + l2 / 2 * torch.dot(w, w) + l1 * w.abs().sum()


def gradient(w: Tensor, b: Tensor, X: Tensor, y: Tensor, l2: float = 0.0,
             l1: float = 0.0) -> tuple[Tensor, Tensor]:
    y = _checked(X, y, l2, l1)
    error = sigmoid(_scores(w, b, X)) - y
    slope = torch.einsum("n,nv->v", error, X) / len(X)
    return slope + l2 * w + l1 * torch.sign(w), error.mean()


class LogisticRegression:
    def __init__(self, l2=0.0, l1=0.0, lr=0.1, epochs=100, batch_size=None, seed=0):
        self.l2, self.l1, self.lr, self.epochs = l2, l1, lr, epochs
        self.batch_size, self.seed = batch_size, seed

    def fit(self, X: Tensor, y: Tensor) -> "LogisticRegression":
        if self.batch_size is not None and self.batch_size < 1:
            raise ValueError("batch_size must be positive")
        y = _checked(X, y, self.l2, self.l1)
        source = generator(self.seed)
        self.w = X.new_zeros(X.shape[1])
        self.b = X.new_zeros(())
        self.losses = []
        for _ in range(self.epochs):
            order = torch.randperm(len(X), generator=source)
            for batch in order.split(self.batch_size or len(X)):
                dw, db = gradient(self.w, self.b, X[batch], y[batch], self.l2, self.l1)
                self.w = self.w - self.lr * dw
                self.b = self.b - self.lr * db
            self.losses.append(loss(self.w, self.b, X, y, self.l2, self.l1).item())
        return self

    def predict_proba(self, X: Tensor) -> Tensor:
        if X.ndim != 2 or X.shape[1:] != self.w.shape:
            raise ValueError("X must have the fitted number of columns")
        return sigmoid(X @ self.w + self.b)

    def predict(self, X: Tensor) -> Tensor:
        return (self.predict_proba(X) >= 0.5).long()


def iterations_to_epochs(n_iters: int, n_examples: int, batch_size: int) -> int:
    for name, value, least in (("n_iters", n_iters, 0), ("n_examples", n_examples, 1),
                               ("batch_size", batch_size, 1)):
        if value < least:
            raise ValueError(f"{name} must be at least {least}")
    whole, _ = divmod(n_iters * batch_size, n_examples)
    return whole

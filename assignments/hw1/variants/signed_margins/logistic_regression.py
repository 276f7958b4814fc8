"""Logistic regression by margins m = y z with y in {-1, 1}: loss ln(1 + exp(-m))."""

import random

import torch
from torch import Tensor


def sigmoid(z: Tensor) -> Tensor:
    # tanh is exact above 0; below it would cancel against the 1
    above = (1 + torch.tanh(z / 2)) / 2
    below = torch.exp(torch.minimum(z, torch.zeros_like(z)))
    return torch.where(z > 0, above, below / (below + 1))


def odds(p: Tensor) -> Tensor:
    inside = (p >= 0) & (p <= 1)
    if not inside.all():
        raise ValueError("p must be a probability")
    return torch.exp(_log_odds(p))


def logit(p: Tensor) -> Tensor:
    inside = (p >= 0) & (p <= 1)
    if not inside.all():
        raise ValueError("p must be a probability")
    return _log_odds(p)


def _log_odds(p: Tensor) -> Tensor:
    # 1 - p is exact from a half on; log1p below
    return torch.log(p) - torch.where(p > 0.5, torch.log(1 - p), torch.log1p(-p))


def _margins(w: Tensor, b: Tensor, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    if X.dim() != 2 or X.shape[0] < 1:
        raise ValueError("X must hold at least one row of features")
    if w.shape != (X.shape[1],):
        raise ValueError("w must match the columns of X")
    if y.shape != (X.shape[0],):
        raise ValueError("y must match the rows of X")
    signs = 2 * y.to(X.dtype) - 1
    if not torch.equal(signs.abs(), torch.ones_like(signs)):
        raise ValueError("y must be 0 or 1")
    return signs * (torch.mv(X, w) + b), signs


def _check_penalties(l2: float, l1: float) -> None:
    if l2 < 0:
        raise ValueError("l2 must not be below 0")
    if l1 < 0:
        raise ValueError("l1 must not be below 0")


def loss(w: Tensor, b: Tensor, X: Tensor, y: Tensor, l2: float = 0.0, l1: float = 0.0) -> Tensor:
    _check_penalties(l2, l1)
    margins, _ = _margins(w, b, X, y)
    pairs = torch.stack([torch.zeros_like(margins), -margins])
    penalty = l2 * w.square().sum() / 2 + l1 * torch.linalg.vector_norm(w, ord=1)
    return torch.logsumexp(pairs, dim=0).mean() + penalty


def gradient(
    w: Tensor, b: Tensor, X: Tensor, y: Tensor, l2: float = 0.0, l1: float = 0.0
) -> tuple[Tensor, Tensor]:
    _check_penalties(l2, l1)
    margins, signs = _margins(w, b, X, y)
    pull = signs * sigmoid(-margins) / len(X)  # how hard each example pulls to its side
    toward_zero = (w > 0).to(w.dtype) - (w < 0).to(w.dtype)
    return l2 * w + l1 * toward_zero - torch.mv(X.T, pull), -pull.sum()


class LogisticRegression:
    def __init__(
        self,
        l2: float = 0.0,
        l1: float = 0.0,
        lr: float = 0.1,
        epochs: int = 100,
        batch_size: int | None = None,
        seed: int = 0,
    ) -> None:
        _check_penalties(l2, l1)
        if batch_size is not None and batch_size <= 0:
            raise ValueError("batch_size must be at least 1")
        self.l2, self.l1, self.lr = l2, l1, lr
        self.epochs, self.batch_size, self.seed = epochs, batch_size, seed

    def fit(self, X: Tensor, y: Tensor) -> "LogisticRegression":
        dealer = random.Random(f"batches {self.seed}")
        self.w = X.new_zeros(X.shape[1:])
        self.b = X.new_zeros(())
        loss(self.w, self.b, X, y, self.l2, self.l1)  # complains about impossible data
        self.losses = []
        while len(self.losses) < self.epochs:
            rest = dealer.sample(range(len(X)), len(X))
            while rest:
                batch, rest = rest[: self.batch_size], rest[len(rest[: self.batch_size]) :]
                self._step(X[batch], y[batch])
            self.losses.append(loss(self.w, self.b, X, y, self.l2, self.l1).item())
        return self

    def _step(self, X: Tensor, y: Tensor) -> None:
        w_slope, b_slope = gradient(self.w, self.b, X, y, self.l2, self.l1)
        self.w = torch.sub(self.w, w_slope, alpha=self.lr)
        self.b = torch.sub(self.b, b_slope, alpha=self.lr)

    def predict_proba(self, X: Tensor) -> Tensor:
        if X.dim() != 2 or X.shape[1] != self.w.numel():
            raise ValueError("X must match the fitted weights")
        return sigmoid(torch.mv(X, self.w) + self.b)

    def predict(self, X: Tensor) -> Tensor:
        return self.predict_proba(X).ge(0.5).to(torch.int64)


def iterations_to_epochs(n_iters: int, n_examples: int, batch_size: int) -> int:
    arguments = {"n_iters": (n_iters, 0), "n_examples": (n_examples, 1), "batch_size": (batch_size, 1)}
    for name, (value, least) in arguments.items():
        if value < least:
            raise ValueError(f"{name} is {value}, must be {least} or more")
    epochs = 0
    seen = n_iters * batch_size
    while seen >= n_examples * (epochs + 1):
        # doubling steps: exact, and quick for large numbers too
        step = 1
        while seen >= n_examples * (epochs + 2 * step):
            step *= 2
        epochs += step
    return epochs

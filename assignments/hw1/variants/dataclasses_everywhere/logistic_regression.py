"""Logistic regression: one frozen problem, one frozen state a step."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor


def sigmoid(z: Tensor) -> Tensor:
    return torch.exp(torch.minimum(z, z.new_zeros(()))) / (1 + torch.exp(-torch.abs(z)))


def _probability(p: Tensor) -> Tensor:
    if torch.any(p < 0) or torch.any(p > 1):
        raise ValueError("p outside [0, 1]")
    return p


def odds(p: Tensor) -> Tensor:
    return torch.true_divide(_probability(p), 1 - p)


def logit(p: Tensor) -> Tensor:
    return _probability(p).log() - (-p).log1p()


@dataclass(frozen=True)
class State:
    w: Tensor
    b: Tensor


@dataclass(frozen=True)
class Problem:
    """Data and penalties; raises for impossible ones."""

    X: Tensor
    y: Tensor
    l2: float
    l1: float

    def __post_init__(self):
        if self.X.ndim != 2 or not len(self.X):
            raise ValueError("X must be (N, V), N > 0")
        if self.y.ndim != 1 or len(self.y) != len(self.X):
            raise ValueError("y must be (N,)")
        if torch.any((self.y != 0) & (self.y != 1)):
            raise ValueError("y must be 0 or 1")
        if self.l2 < 0 or self.l1 < 0:
            raise ValueError("l2 < 0" if self.l2 < 0 else "l1 < 0")

    def rows(self, batch: Tensor) -> Problem:
        return Problem(self.X[batch], self.y[batch], self.l2, self.l1)

    def scores(self, state: State) -> Tensor:
        if tuple(state.w.shape) != (self.X.shape[1],):
            raise ValueError("w must be (V,)")
        return (self.X * state.w).sum(dim=1) + state.b

    def loss(self, state: State) -> Tensor:
        z = self.scores(state)
        softplus = torch.relu(z) + torch.log1p(torch.exp(-z.abs()))
        data = (softplus - self.y.to(z.dtype) * z).sum() / len(z)
        return data + self.l2 / 2 * state.w.pow(2).sum() + self.l1 * state.w.abs().sum()

    def gradient(self, state: State) -> State:
        error = sigmoid(self.scores(state)) - self.y.to(self.X.dtype)
        w = (self.X.T * error).mean(dim=1) + self.l2 * state.w + self.l1 * state.w.sign()
        return State(w, error.mean())


def loss(w, b, X, y, l2=0.0, l1=0.0):
    with torch.no_grad():
        return Problem(X, y, l2, l1).loss(State(w, b))


def gradient(w, b, X, y, l2=0.0, l1=0.0):
    with torch.no_grad():
        slope = Problem(X, y, l2, l1).gradient(State(w, b))
    return slope.w, slope.b


@dataclass
class LogisticRegression:
    l2: float = 0.0
    l1: float = 0.0
    lr: float = 0.1
    epochs: int = 100
    batch_size: int | None = None
    seed: int = 0
    losses: list[float] = field(default_factory=list, init=False)
    state: State | None = field(default=None, init=False)

    @property
    def w(self):
        return self.state.w

    @property
    def b(self):
        return self.state.b

    @torch.no_grad()
    def fit(self, X, y):
        problem = Problem(X, y, self.l2, self.l1)
        size = len(X) if self.batch_size is None else self.batch_size
        if size < 1:
            raise ValueError("batch_size < 1")
        generator = torch.Generator().manual_seed(self.seed)
        self.state, self.losses = State(X.new_zeros(X.shape[1]), X.new_zeros(())), []
        for _ in range(self.epochs):
            order = torch.argsort(torch.rand(len(X), generator=generator))
            for batch in torch.split(order, size):
                slope = problem.rows(batch).gradient(self.state)
                self.state = State(self.w - self.lr * slope.w, self.b - self.lr * slope.b)
            self.losses.append(problem.loss(self.state).item())
        return self

    def predict_proba(self, X):
        if X.ndim != 2 or X.shape[1] != len(self.w):
            raise ValueError("X must be (N, V) as in fit")
        return sigmoid(X @ self.w + self.b)

    def predict(self, X):
        # p >= 1/2 exactly where the score is not negative
        return (X @ self.w + self.b >= 0).to(torch.int64)


def iterations_to_epochs(n_iters, n_examples, batch_size):
    if n_iters < 0:
        raise ValueError("n_iters < 0")
    if n_examples <= 0:
        raise ValueError("n_examples < 1")
    if batch_size <= 0:
        raise ValueError("batch_size < 1")
    return (n_iters * batch_size).__floordiv__(n_examples)

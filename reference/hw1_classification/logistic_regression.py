"""Logistic regression with its gradient by hand: no autograd, no torch.nn, no torch.optim.

    P(y = 1 | x) = sigmoid(w.x + b)

    loss = mean of  -y ln p - (1 - y) ln(1 - p)   +   l2/2 |w|^2   +   l1 |w|_1

See Jurafsky & Martin, Speech and Language Processing, chapter 5.

Shapes:

    N  examples        V  features        X (N, V)   y (N,)   w (V,)   b ()
"""

from __future__ import annotations

import torch
from torch import Tensor


def sigmoid(z: Tensor) -> Tensor:
    """1 / (1 + exp(-z)) of a float tensor of any shape, exact to rounding for small and large z.

    0.0 at -1000 and 1.0 at 1000, never nan.
    """
    ### BEGIN SOLUTION
    # exp of a number that is never positive cannot overflow
    small = torch.exp(-z.abs())
    return torch.where(z >= 0, torch.ones_like(z), small) / (1 + small)
    ### END SOLUTION


def logit(p: Tensor) -> Tensor:
    """ln(p / (1 - p)), the inverse of the sigmoid; -inf at 0, inf at 1.

    Raises ValueError naming p outside [0, 1].
    """
    ### BEGIN SOLUTION
    if ((p < 0) | (p > 1)).any():
        raise ValueError("p must lie in [0, 1]")
    return torch.log(p) - torch.log1p(-p)
    ### END SOLUTION


def odds(p: Tensor) -> Tensor:
    """p / (1 - p); inf at 1. Raises ValueError naming p outside [0, 1]."""
    ### BEGIN SOLUTION
    if ((p < 0) | (p > 1)).any():
        raise ValueError("p must lie in [0, 1]")
    return p / (1 - p)
    ### END SOLUTION


### BEGIN SOLUTION
def _targets(X: Tensor, y: Tensor) -> Tensor:
    """y in the dtype of X, after checking that it is one 0 or 1 for each row of X."""
    if X.ndim != 2 or X.shape[0] == 0:
        raise ValueError("X must hold at least one example, as (N, V)")
    if y.shape != (X.shape[0],):
        raise ValueError(f"y must have shape ({X.shape[0]},), one label for each row of X")
    if not ((y == 0) | (y == 1)).all():
        raise ValueError("y must hold only 0 and 1")
    return y.to(X.dtype)


def _refuse_negative(l2: float, l1: float) -> None:
    if l2 < 0:
        raise ValueError("l2 must not be negative")
    if l1 < 0:
        raise ValueError("l1 must not be negative")


def _check_weights(w: Tensor, X: Tensor) -> None:
    if X.ndim == 2 and w.shape != (X.shape[1],):
        raise ValueError(f"w must have shape ({X.shape[1]},), one weight for each column of X")
### END SOLUTION


def loss(
    w: Tensor, b: Tensor, X: Tensor, y: Tensor, l2: float = 0.0, l1: float = 0.0
) -> Tensor:
    """Mean cross-entropy plus penalties of w (not of b), a tensor () of X's dtype.

    Finite for |Xw + b| = 1000. y may be of any dtype.
    Raises ValueError naming the argument for shapes that do not agree, no examples, labels other
    than 0 and 1, a negative l1 or l2.
    """
    ### BEGIN SOLUTION
    _refuse_negative(l2, l1)
    y = _targets(X, y)
    _check_weights(w, X)
    z = X @ w + b  # (N, V) x (V,) -> (N,)
    # -y ln s(z) - (1-y) ln(1 - s(z)) = max(z, 0) - y z + ln(1 + exp(-|z|))
    entropy = torch.clamp(z, min=0) - y * z + torch.log1p(torch.exp(-z.abs()))  # (N,)
    return entropy.mean() + l2 / 2 * (w * w).sum() + l1 * w.abs().sum()
    ### END SOLUTION


def gradient(
    w: Tensor, b: Tensor, X: Tensor, y: Tensor, l2: float = 0.0, l1: float = 0.0
) -> tuple[Tensor, Tensor]:
    """The derivatives of `loss` with respect to w (V,) and b (); the sub-gradient of |w| at 0 is 0.

    Raises as `loss`.
    """
    ### BEGIN SOLUTION
    _refuse_negative(l2, l1)
    y = _targets(X, y)
    _check_weights(w, X)
    error = sigmoid(X @ w + b) - y  # (N,): the derivative of the cross-entropy by z
    by_w = X.T @ error / len(y) + l2 * w + l1 * torch.sign(w)  # (V, N) x (N,) -> (V,)
    return by_w, error.mean()
    ### END SOLUTION


class LogisticRegression:
    """Trained by plain gradient descent with a constant learning rate.

    A step: w <- w - lr * g_w, b <- b - lr * g_b, with (g_w, g_b) = gradient(w, b, X_batch,
    y_batch, l2, l1). batch_size None: one step per epoch on all data; otherwise mini-batches in an
    order that is reshuffled every epoch, including the last smaller batch.

    Raises ValueError naming l1 or l2 (negative) or batch_size (below 1).
    """

    def __init__(
        self,
        l2: float = 0.0,
        l1: float = 0.0,
        lr: float = 0.1,
        epochs: int = 100,
        batch_size: int | None = None,
        seed: int = 0,
    ) -> None:
        ### BEGIN SOLUTION
        _refuse_negative(l2, l1)
        if batch_size is not None and batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        self.l2, self.l1, self.lr = l2, l1, lr
        self.epochs, self.batch_size, self.seed = epochs, batch_size, seed
        ### END SOLUTION

    def fit(self, X: Tensor, y: Tensor) -> LogisticRegression:
        """Start from zero weights and train. Sets .w (V,) and .b () of X's dtype, and .losses:
        list[float], the regularised loss over all data after each epoch.
        """
        ### BEGIN SOLUTION
        _targets(X, y)
        self.w = X.new_zeros(X.shape[1])
        self.b = X.new_zeros(())
        self.losses: list[float] = []
        # a generator of our own: nobody else's random numbers are touched
        generator = torch.Generator().manual_seed(self.seed)
        size = len(y) if self.batch_size is None else self.batch_size
        for _ in range(self.epochs):
            whole = size >= len(y)
            order = torch.arange(len(y)) if whole else torch.randperm(len(y), generator=generator)
            for batch in order.to(X.device).split(size):
                by_w, by_b = gradient(self.w, self.b, X[batch], y[batch], self.l2, self.l1)
                self.w = self.w - self.lr * by_w
                self.b = self.b - self.lr * by_b
            self.losses.append(float(loss(self.w, self.b, X, y, self.l2, self.l1)))
        return self
        ### END SOLUTION

    def predict_proba(self, X: Tensor) -> Tensor:
        """(N,): P(y = 1 | x). Raises ValueError naming X if V is not that of fit."""
        ### BEGIN SOLUTION
        if X.ndim != 2 or X.shape[1] != len(self.w):
            raise ValueError(f"X must have {len(self.w)} columns, as in fit")
        return sigmoid(X @ self.w + self.b)  # (N, V) x (V,) -> (N,)
        ### END SOLUTION

    def predict(self, X: Tensor) -> Tensor:
        """int64 (N,): 1 where the probability is 0.5 or more, else 0."""
        ### BEGIN SOLUTION
        return (self.predict_proba(X) >= 0.5).to(torch.int64)
        ### END SOLUTION


def iterations_to_epochs(n_iters: int, n_examples: int, batch_size: int) -> int:
    """How many whole epochs n_iters steps are: n_iters / (n_examples / batch_size), rounded down
    exactly. The last, partial batch of an epoch counts as the fraction of a batch that it is.

    Raises ValueError naming n_iters (below 0), n_examples or batch_size (below 1).
    """
    ### BEGIN SOLUTION
    if n_iters < 0:
        raise ValueError("n_iters must not be negative")
    if n_examples < 1:
        raise ValueError("n_examples must be at least 1")
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    # integers: 250 * 60 // 1000 is 15, while 250 / (1000 / 60) in floats rounds down to 14
    return n_iters * batch_size // n_examples
    ### END SOLUTION

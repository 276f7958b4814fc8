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
    # YOUR CODE HERE
    raise NotImplementedError()


def logit(p: Tensor) -> Tensor:
    """ln(p / (1 - p)), the inverse of the sigmoid; -inf at 0, inf at 1.

    Raises ValueError naming p outside [0, 1].
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def odds(p: Tensor) -> Tensor:
    """p / (1 - p); inf at 1. Raises ValueError naming p outside [0, 1]."""
    # YOUR CODE HERE
    raise NotImplementedError()


def loss(
    w: Tensor, b: Tensor, X: Tensor, y: Tensor, l2: float = 0.0, l1: float = 0.0
) -> Tensor:
    """Mean cross-entropy plus penalties of w (not of b), a tensor () of X's dtype.

    Finite for |Xw + b| = 1000. y may be of any dtype.
    Raises ValueError naming the argument for shapes that do not agree, no examples, labels other
    than 0 and 1, a negative l1 or l2.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def gradient(
    w: Tensor, b: Tensor, X: Tensor, y: Tensor, l2: float = 0.0, l1: float = 0.0
) -> tuple[Tensor, Tensor]:
    """The derivatives of `loss` with respect to w (V,) and b (); the sub-gradient of |w| at 0 is 0.

    Raises as `loss`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


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
        # YOUR CODE HERE
        raise NotImplementedError()

    def fit(self, X: Tensor, y: Tensor) -> LogisticRegression:
        """Start from zero weights and train. Sets .w (V,) and .b () of X's dtype, and .losses:
        list[float], the regularised loss over all data after each epoch.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def predict_proba(self, X: Tensor) -> Tensor:
        """(N,): P(y = 1 | x). Raises ValueError naming X if V is not that of fit."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def predict(self, X: Tensor) -> Tensor:
        """int64 (N,): 1 where the probability is 0.5 or more, else 0."""
        # YOUR CODE HERE
        raise NotImplementedError()


def iterations_to_epochs(n_iters: int, n_examples: int, batch_size: int) -> int:
    """How many whole epochs n_iters steps are: n_iters / (n_examples / batch_size), rounded down
    exactly. The last, partial batch of an epoch counts as the fraction of a batch that it is.

    Raises ValueError naming n_iters (below 0), n_examples or batch_size (below 1).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

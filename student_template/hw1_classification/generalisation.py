"""Bonus: overfitting, what helps against it, and why layers need activations between them.

A polynomial of a high degree goes through every point it was fitted to and is far off elsewhere.
Early stopping: Prechelt (1998), "Early stopping - but when?". The minimum with an L1 penalty is the
soft threshold of Donoho & Johnstone (1994), the lasso of Tibshirani (1996).

Shapes:

    m  points       D_0 ... D_L  widths from the input to the last of L layers
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor


def fit_polynomial(x: Tensor, y: Tensor, degree: int) -> Tensor:
    """The coefficients c (degree + 1,), lowest power first, that minimise the sum over the points of

        (c[0] + c[1] x + ... + c[degree] x^degree - y)^2

    x and y (m,), all x different. The dtype is kept. Degree 1 is linear regression.
    Raises ValueError naming degree (negative, or not below m: several polynomials would be best),
    or x or y of different lengths.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def early_stopping(losses: list[float], patience: int) -> tuple[int, int]:
    """(best, last): training stops after the epoch that completes `patience` epochs in a row
    without a new smallest validation loss. `losses` are those of epochs 0, 1, ... as if it never
    stopped.

    best is the epoch with the smallest loss up to the stop, the earliest on a tie; last is the last
    epoch trained.

    Raises ValueError naming losses (empty) or patience (below 1).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def l2_minimum(a: Tensor, l2: float) -> Tensor:
    """The w that minimises (w - a)^2 / 2 + l2 w^2 / 2 for each entry of a, of any shape.

    Raises ValueError naming a negative l2.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def l1_minimum(a: Tensor, l1: float) -> Tensor:
    """The w that minimises (w - a)^2 / 2 + l1 |w| for each entry of a, of any shape.

    Raises ValueError naming a negative l1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def collapse(weights: list[Tensor], biases: list[Tensor]) -> tuple[Tensor, Tensor]:
    """The one linear layer (W, b) that equals these layers applied in turn, without any activation
    between them: h <- h W_l + b_l.

    weights[l] (D_l, D_(l+1)), biases[l] (D_(l+1),) -> W (D_0, D_L), b (D_L,).
    Raises ValueError naming weights (empty, or widths that do not fit each other) or biases (not
    one of the right width for each of the weights).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

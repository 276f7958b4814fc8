"""The perceptron, and a network of two layers with its backpropagation by hand.

The perceptron is Rosenblatt's (1958); that a single layer cannot do XOR is Minsky & Papert's
(1969). Backpropagation follows Rumelhart, Hinton & Williams (1986). Initialisation: Glorot &
Bengio (2010), here with fan_in alone, and He et al. (2015).

    h = f(X W1 + b1)      logits = h W2 + b2      probs = softmax(logits)

Shapes:

    N  examples     D  features     H  hidden units     C  classes
    W1 (D, H)       b1 (H,)         W2 (H, C)           b2 (C,)
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

ACTIVATIONS = ("sigmoid", "tanh", "relu")
SCHEMES = ("xavier", "he")


def perceptron_train(X: Tensor, y: Tensor, epochs: int) -> tuple[Tensor, Tensor, bool]:
    """The perceptron rule on X (N, D), y (N,) of 0 and 1, from zero, one example after another:

        y_hat = 1 if w.x + b > 0 else 0,     w <- w + (y - y_hat) x,     b <- b + (y - y_hat)

    Stops after an epoch without a mistake. Returns w (D,) and b () of X's dtype, and whether there
    was such an epoch.

    Raises ValueError naming y if its length is not that of X, or for values other than 0 and 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def forward(params: dict[str, Tensor], X: Tensor, activation: str = "tanh") -> dict[str, Tensor]:
    """{"h": (N, H), "logits": (N, C), "probs": (N, C)} for X (N, D).

    activation: "sigmoid", "tanh" or "relu". probs stay finite for logits of 1000.
    Raises ValueError naming activation for any other value.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def backward(
    params: dict[str, Tensor], X: Tensor, y: Tensor, activation: str = "tanh"
) -> dict[str, Tensor]:
    """Gradients of the mean cross-entropy -ln probs[n, y[n]], under the keys of params.

    X (N, D), y (N,) int64. The derivative of relu at 0 is 0.
    Raises ValueError naming activation (unknown) or y (a class out of range, a different length).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def initialise(D: int, H: int, C: int, scheme: str, seed: int = 0) -> dict[str, Tensor]:
    """Fresh parameters W1 (D, H), b1 (H,), W2 (H, C), b2 (C,) of float32: biases 0, weights normal
    with standard deviation 1/sqrt(fan_in) ("xavier") or sqrt(2/fan_in) ("he"), where fan_in is D
    for W1 and H for W2. W1 and W2 are independent draws.

    Raises ValueError naming scheme for any other value.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def solve_xor(seed: int = 0) -> dict[str, Tensor]:
    """Trained parameters (float32, tanh, two classes, any H) with which forward solves XOR,

        X = (0,0), (0,1), (1,0), (1,1)      classes 0, 1, 1, 0

    for every seed from 0 to 9, within seconds. A different seed gives different parameters.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

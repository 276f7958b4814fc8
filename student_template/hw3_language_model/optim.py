"""Six ways to take a step, each a function of one parameter, its gradient and a state.

    param, state = adam(param, grad, state, lr)      # the state starts as {}

The equations are those of https://docs.pytorch.org/docs/stable/optim.html, without weight decay.
Momentum: Polyak (1964); Nesterov's in the form of Sutskever et al. (2013); AdaGrad: Duchi et al.
(2011); RMSProp: Hinton's lecture 6e (2012); Adam: Kingma & Ba (2015).

All arithmetic is entry by entry: param and grad may have any shape, the same for both, and are not
changed. Every function returns a new param, and the state for the next step: a new dict, or the one
that was passed in.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

State = dict[str, Any]


def sgd(param: Tensor, grad: Tensor, state: State, lr: float) -> tuple[Tensor, State]:
    """theta <- theta - lr g"""
    # YOUR CODE HERE
    raise NotImplementedError()


def momentum(
    param: Tensor, grad: Tensor, state: State, lr: float, momentum: float = 0.9
) -> tuple[Tensor, State]:
    """v <- momentum v + g (v <- g in the first step),    theta <- theta - lr v"""
    # YOUR CODE HERE
    raise NotImplementedError()


def nesterov(
    param: Tensor, grad: Tensor, state: State, lr: float, momentum: float = 0.9
) -> tuple[Tensor, State]:
    """v as in momentum,    theta <- theta - lr (g + momentum v): one step of look-ahead."""
    # YOUR CODE HERE
    raise NotImplementedError()


def adagrad(
    param: Tensor, grad: Tensor, state: State, lr: float, eps: float = 1e-10
) -> tuple[Tensor, State]:
    """s <- s + g^2 (from 0),    theta <- theta - lr g / (sqrt(s) + eps)"""
    # YOUR CODE HERE
    raise NotImplementedError()


def rmsprop(
    param: Tensor, grad: Tensor, state: State, lr: float, alpha: float = 0.99, eps: float = 1e-8
) -> tuple[Tensor, State]:
    """s <- alpha s + (1 - alpha) g^2 (from 0),    theta <- theta - lr g / (sqrt(s) + eps)"""
    # YOUR CODE HERE
    raise NotImplementedError()


def adam(
    param: Tensor,
    grad: Tensor,
    state: State,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Tensor, State]:
    """Two running averages, both from 0, and their correction. In step t = 1, 2, ...

        m <- beta1 m + (1 - beta1) g          m_hat = m / (1 - beta1^t)
        v <- beta2 v + (1 - beta2) g^2        v_hat = v / (1 - beta2^t)
        theta <- theta - lr m_hat / (sqrt(v_hat) + eps)

    The state counts the steps.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

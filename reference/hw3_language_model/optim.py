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
    ### BEGIN SOLUTION
    return param - lr * grad, dict(state)
    ### END SOLUTION


def momentum(
    param: Tensor, grad: Tensor, state: State, lr: float, momentum: float = 0.9
) -> tuple[Tensor, State]:
    """v <- momentum v + g (v <- g in the first step),    theta <- theta - lr v"""
    ### BEGIN SOLUTION
    velocity = momentum * state["velocity"] + grad if state else grad.clone()
    return param - lr * velocity, {"velocity": velocity}
    ### END SOLUTION


def nesterov(
    param: Tensor, grad: Tensor, state: State, lr: float, momentum: float = 0.9
) -> tuple[Tensor, State]:
    """v as in momentum,    theta <- theta - lr (g + momentum v): one step of look-ahead."""
    ### BEGIN SOLUTION
    velocity = momentum * state["velocity"] + grad if state else grad.clone()
    return param - lr * (grad + momentum * velocity), {"velocity": velocity}
    ### END SOLUTION


def adagrad(
    param: Tensor, grad: Tensor, state: State, lr: float, eps: float = 1e-10
) -> tuple[Tensor, State]:
    """s <- s + g^2 (from 0),    theta <- theta - lr g / (sqrt(s) + eps)"""
    ### BEGIN SOLUTION
    squares = state.get("squares", 0) + grad**2
    return param - lr * grad / (squares.sqrt() + eps), {"squares": squares}
    ### END SOLUTION


def rmsprop(
    param: Tensor, grad: Tensor, state: State, lr: float, alpha: float = 0.99, eps: float = 1e-8
) -> tuple[Tensor, State]:
    """s <- alpha s + (1 - alpha) g^2 (from 0),    theta <- theta - lr g / (sqrt(s) + eps)"""
    ### BEGIN SOLUTION
    squares = alpha * state.get("squares", 0) + (1 - alpha) * grad**2
    return param - lr * grad / (squares.sqrt() + eps), {"squares": squares}
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    beta1, beta2 = betas
    step = state.get("step", 0) + 1
    mean = beta1 * state.get("mean", 0) + (1 - beta1) * grad
    square = beta2 * state.get("square", 0) + (1 - beta2) * grad**2
    # both averages begin at 0, and the early ones are too small by exactly this factor
    unbiased_mean, unbiased_square = mean / (1 - beta1**step), square / (1 - beta2**step)
    new = param - lr * unbiased_mean / (unbiased_square.sqrt() + eps)
    return new, {"step": step, "mean": mean, "square": square}
    ### END SOLUTION

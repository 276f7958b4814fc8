from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

State = dict[str, Any]


def _fit(param: Tensor, grad: Tensor) -> None:
    if param.shape != grad.shape:
        raise ValueError("param and grad do not fit")


@torch.no_grad()
def sgd(param: Tensor, grad: Tensor, state: State, lr: float) -> tuple[Tensor, State]:
    _fit(param, grad)
    return torch.sub(param, grad, alpha=lr), state


@torch.no_grad()
def momentum(
    param: Tensor, grad: Tensor, state: State, lr: float, momentum: float = 0.9
) -> tuple[Tensor, State]:
    _fit(param, grad)
    velocity = grad + momentum * state.get(0, torch.zeros_like(grad))
    return param.sub(velocity, alpha=lr), {0: velocity}


@torch.no_grad()
def nesterov(
    param: Tensor, grad: Tensor, state: State, lr: float, momentum: float = 0.9
) -> tuple[Tensor, State]:
    _fit(param, grad)
    velocity = grad + momentum * state.get(0, torch.zeros_like(grad))
    return param - lr * grad - lr * momentum * velocity, {0: velocity}


@torch.no_grad()
def adagrad(
    param: Tensor, grad: Tensor, state: State, lr: float, eps: float = 1e-10
) -> tuple[Tensor, State]:
    _fit(param, grad)
    squares = torch.addcmul(state.get(0, torch.zeros_like(grad)), grad, grad)
    return torch.addcdiv(param, grad, squares.sqrt() + eps, value=-lr), {0: squares}


@torch.no_grad()
def rmsprop(
    param: Tensor,
    grad: Tensor,
    state: State,
    lr: float,
    alpha: float = 0.99,
    eps: float = 1e-8,
) -> tuple[Tensor, State]:
    _fit(param, grad)
    squares = torch.lerp(state.get(0, torch.zeros_like(grad)), grad**2, 1 - alpha)
    return torch.addcdiv(param, grad, squares.sqrt() + eps, value=-lr), {0: squares}


@torch.no_grad()
def adam(
    param: Tensor,
    grad: Tensor,
    state: State,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Tensor, State]:
    """The state holds both moments side by side, and the betas' powers instead of the step."""
    _fit(param, grad)
    weights = grad.new_tensor([1 - betas[0], 1 - betas[1]]).view(2, *[1] * grad.dim())
    powers = [beta * before for beta, before in zip(betas, state.get(1, (1.0, 1.0)), strict=True)]
    fresh = torch.stack([grad, grad * grad])
    moments = torch.lerp(state.get(0, torch.zeros_like(fresh)), fresh, weights)
    mean, square = moments[0] / (1 - powers[0]), moments[1] / (1 - powers[1])
    return torch.addcdiv(param, mean, square.sqrt() + eps, value=-lr), {0: moments, 1: powers}

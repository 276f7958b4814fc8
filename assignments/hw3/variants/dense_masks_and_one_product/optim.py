"""Update rules; a state is a dict of tensors, which may be shared but never written to."""

from __future__ import annotations

import torch
from torch import Tensor


def _same(param: Tensor, grad: Tensor) -> None:
    if param.shape != grad.shape:
        raise ValueError("grad: not of the shape of param")


def sgd(param, grad, state, lr):
    _same(param, grad)
    return torch.add(param, grad, alpha=-lr), state


def _velocity(grad, state, momentum):
    return momentum * state.get("buffer", torch.zeros_like(grad)) + grad


def momentum(param, grad, state, lr, momentum=0.9):
    _same(param, grad)
    buffer = _velocity(grad, state, momentum)
    return param - lr * buffer, {"buffer": buffer}


def nesterov(param, grad, state, lr, momentum=0.9):
    _same(param, grad)
    buffer = _velocity(grad, state, momentum)
    return param - lr * momentum * buffer - lr * grad, {"buffer": buffer}


def adagrad(param, grad, state, lr, eps=1e-10):
    _same(param, grad)
    total = torch.addcmul(state.get("total", torch.zeros_like(param)), grad, grad)
    return torch.addcdiv(param, grad, total.sqrt() + eps, value=-lr), {**state, "total": total}


def rmsprop(param, grad, state, lr, alpha=0.99, eps=1e-8):
    _same(param, grad)
    old = state["mean"] if state else torch.zeros_like(param)
    mean = torch.lerp(grad.square(), old, alpha)
    return torch.addcdiv(param, grad, mean.sqrt() + eps, value=-lr), {"mean": mean}


def adam(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    _same(param, grad)
    b1, b2 = betas
    first, second, c1, c2 = state.get(
        "all", (torch.zeros_like(param), torch.zeros_like(param), 1.0, 1.0)
    )
    first, second = first * b1 + grad * (1 - b1), second * b2 + grad.square() * (1 - b2)
    c1, c2 = c1 * b1, c2 * b2
    step = first * ((1 - c2) ** 0.5 / (1 - c1))
    new = param - lr * step / (second.sqrt() + eps * (1 - c2) ** 0.5)
    return new, {"all": (first, second, c1, c2)}

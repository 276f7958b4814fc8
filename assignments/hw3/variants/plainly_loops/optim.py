from __future__ import annotations

from typing import Any

from torch import Tensor

State = dict[str, Any]


def _same_shape(param: Tensor, grad: Tensor) -> None:
    if param.shape != grad.shape:
        raise ValueError("grad must have the shape of param")


def sgd(param: Tensor, grad: Tensor, state: State, lr: float) -> tuple[Tensor, State]:
    _same_shape(param, grad)
    return param - lr * grad, dict(state)


def momentum(
    param: Tensor, grad: Tensor, state: State, lr: float, momentum: float = 0.9
) -> tuple[Tensor, State]:
    _same_shape(param, grad)
    buffer = momentum * state["buffer"] + grad if "buffer" in state else grad.clone()
    return param - lr * buffer, {"buffer": buffer}


def nesterov(
    param: Tensor, grad: Tensor, state: State, lr: float, momentum: float = 0.9
) -> tuple[Tensor, State]:
    _same_shape(param, grad)
    buffer = momentum * state["buffer"] + grad if "buffer" in state else grad.clone()
    return param - lr * (grad + momentum * buffer), {"buffer": buffer}


def adagrad(
    param: Tensor, grad: Tensor, state: State, lr: float, eps: float = 1e-10
) -> tuple[Tensor, State]:
    _same_shape(param, grad)
    total = state.get("total", 0.0) + grad * grad
    return param - lr * grad / (total.sqrt() + eps), {"total": total}


def rmsprop(
    param: Tensor,
    grad: Tensor,
    state: State,
    lr: float,
    alpha: float = 0.99,
    eps: float = 1e-8,
) -> tuple[Tensor, State]:
    _same_shape(param, grad)
    mean = alpha * state.get("mean", 0.0) + (1 - alpha) * grad * grad
    return param - lr * grad / (mean.sqrt() + eps), {"mean": mean}


def adam(
    param: Tensor,
    grad: Tensor,
    state: State,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Tensor, State]:
    _same_shape(param, grad)
    first, second = betas
    step = state.get("step", 0) + 1
    m = first * state.get("m", 0.0) + (1 - first) * grad
    v = second * state.get("v", 0.0) + (1 - second) * grad * grad
    m_hat = m / (1 - first**step)
    v_hat = v / (1 - second**step)
    return param - lr * m_hat / (v_hat.sqrt() + eps), {"step": step, "m": m, "v": v}

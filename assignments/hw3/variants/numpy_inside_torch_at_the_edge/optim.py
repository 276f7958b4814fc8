"""Update rules in NumPy; the state holds NumPy arrays and numbers."""

import numpy as np
import torch


def _open(param, grad):
    if param.shape != grad.shape:
        raise ValueError("param and grad must have the same shape")
    return param.detach().cpu().numpy(), grad.detach().cpu().numpy()


def _close(value, param):
    return torch.tensor(value, dtype=param.dtype, device=param.device)


def sgd(param, grad, state, lr):
    w, g = _open(param, grad)
    return _close(w - lr * g, param), {}


def momentum(param, grad, state, lr, momentum=0.9):
    w, g = _open(param, grad)
    v = g.copy() if "v" not in state else momentum * state["v"] + g
    return _close(w - lr * v, param), {"v": v}


def nesterov(param, grad, state, lr, momentum=0.9):
    w, g = _open(param, grad)
    v = g.copy() if "v" not in state else momentum * state["v"] + g
    return _close(w - lr * (g + momentum * v), param), {"v": v}


def adagrad(param, grad, state, lr, eps=1e-10):
    w, g = _open(param, grad)
    s = state.get("s", np.zeros_like(w)) + g * g
    return _close(w - lr * g / (np.sqrt(s) + eps), param), {"s": s}


def rmsprop(param, grad, state, lr, alpha=0.99, eps=1e-8):
    w, g = _open(param, grad)
    s = alpha * state.get("s", np.zeros_like(w)) + (1 - alpha) * g * g
    return _close(w - lr * g / (np.sqrt(s) + eps), param), {"s": s}


def adam(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    w, g = _open(param, grad)
    t = state.get("t", 0) + 1
    m = betas[0] * state.get("m", np.zeros_like(w)) + (1 - betas[0]) * g
    v = betas[1] * state.get("v", np.zeros_like(w)) + (1 - betas[1]) * g * g
    step = (m / (1 - betas[0] ** t)) / (np.sqrt(v / (1 - betas[1] ** t)) + eps)
    return _close(w - lr * step, param), {"t": t, "m": m, "v": v}

"""States as tuples; Adam with the correction in its step size."""

import math

import torch


def sgd(param, grad, state, lr):
    return torch.add(param, grad, alpha=-lr), {}


def _velocity(grad, state, momentum):
    return grad.clone() if "v" not in state else state["v"].mul(momentum).add(grad)


def momentum(param, grad, state, lr, momentum=0.9):
    v = _velocity(grad, state, momentum)
    return param - v * lr, {"v": v}


def nesterov(param, grad, state, lr, momentum=0.9):
    v = _velocity(grad, state, momentum)
    return param - (grad * lr + v * (lr * momentum)), {"v": v}


def adagrad(param, grad, state, lr, eps=1e-10):
    total = grad.square() if not state else state["total"] + grad.square()
    return torch.addcdiv(param, grad, total.sqrt() + eps, value=-lr), {"total": total}


def rmsprop(param, grad, state, lr, alpha=0.99, eps=1e-8):
    mean = state.get("mean")
    mean = torch.zeros_like(grad) if mean is None else mean
    mean = mean + (grad * grad - mean) * (1 - alpha)
    return param - lr * grad / (mean.sqrt() + eps), {"mean": mean}


def adam(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    t, m, v = state.get("all", (0, torch.zeros_like(grad), torch.zeros_like(grad)))
    t += 1
    m = torch.lerp(m, grad, 1 - betas[0])
    v = betas[1] * v + (1 - betas[1]) * grad * grad
    size = lr * math.sqrt(1 - betas[1] ** t) / (1 - betas[0] ** t)
    return param - size * m / (v.sqrt() + eps), {"all": (t, m, v)}

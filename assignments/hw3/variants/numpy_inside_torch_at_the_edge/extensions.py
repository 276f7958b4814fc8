"""Bonus exercises."""

import numpy as np
import torch
from torch import nn


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        positive = x > 0
        ctx.save_for_backward(positive)
        return torch.where(positive, x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, grad_output):
        (positive,) = ctx.saved_tensors
        return grad_output * positive


def relu(x):
    return ReLU.apply(x)


def elmo_mix(layers, s, gamma):
    if layers.shape[0] != s.shape[0]:
        raise ValueError("s must hold one score for each of layers")
    weights = torch.softmax(s, 0)
    out = torch.zeros_like(layers[0])
    for k in range(layers.shape[0]):
        out = out + weights[k] * layers[k]
    return gamma * out


class FeedForwardLM(nn.Module):
    def __init__(self, vocab_size, embed, context, hidden, activation="tanh", seed=0):
        super().__init__()
        choices = {"tanh": torch.tanh, "relu": relu, "sigmoid": torch.sigmoid}
        if activation not in choices:
            raise ValueError(f"activation {activation!r} is unknown")
        self.activation = choices[activation]
        self.context = context
        rng = np.random.default_rng(seed)

        def draw(*shape, bound):
            values = rng.uniform(-bound, bound, shape)
            return nn.Parameter(torch.tensor(values, dtype=torch.float32))

        self.table = draw(vocab_size, embed, bound=1.0)
        self.W = draw(hidden, context * embed, bound=(context * embed) ** -0.5)
        self.b = draw(hidden, bound=(context * embed) ** -0.5)
        self.U = draw(vocab_size, hidden, bound=hidden**-0.5)
        self.d = draw(vocab_size, bound=hidden**-0.5)

    def forward(self, ids):
        if ids.dim() != 2 or ids.shape[1] != self.context:
            raise ValueError("ids must have shape (B, context)")
        words = [self.table[ids[:, k]] for k in range(self.context)]
        h = self.activation(torch.cat(words, 1) @ self.W.t() + self.b)
        return h @ self.U.t() + self.d


class DynamicNet(nn.Module):
    def __init__(self, d_in, hidden, d_out, seed=0):
        super().__init__()
        rng = np.random.default_rng(seed)
        sizes = {"first": (hidden, d_in), "middle": (hidden, hidden), "last": (d_out, hidden)}
        for name, (rows, columns) in sizes.items():
            w = torch.tensor(rng.normal(0, columns**-0.5, (rows, columns)), dtype=torch.float32)
            setattr(self, name, nn.Parameter(w))
            setattr(self, name + "_bias", nn.Parameter(torch.zeros(rows)))

    def forward(self, x, repeats):
        if repeats < 0:
            raise ValueError("repeats must not be negative")
        h = torch.tanh(x @ self.first.t() + self.first_bias)
        for _ in range(repeats):
            h = torch.tanh(h @ self.middle.t() + self.middle_bias)
        return h @ self.last.t() + self.last_bias


def clip_values(grads, limit):
    if limit < 0:
        raise ValueError("limit must not be negative")
    return [torch.minimum(torch.maximum(g, -torch.full_like(g, limit)), torch.full_like(g, limit)) for g in grads]


def adadelta(param, grad, state, lr=1.0, rho=0.9, eps=1e-6):
    p, g = param.numpy(), grad.numpy()
    s = rho * state.get("s", np.zeros_like(g)) + (1 - rho) * np.square(g)
    u = state.get("u", np.zeros_like(g))
    d = np.sqrt(u + eps) / np.sqrt(s + eps) * g
    new = torch.from_numpy(np.asarray(p - lr * d)).to(param.dtype)
    return new, {"s": s, "u": rho * u + (1 - rho) * np.square(d)}

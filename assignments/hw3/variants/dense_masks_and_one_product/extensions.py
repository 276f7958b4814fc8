from __future__ import annotations

import torch
from torch import Tensor, nn


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = (x + x.abs()) / 2
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return grad_output.masked_fill(y <= 0, 0)


relu = ReLU.apply


def elmo_mix(layers: Tensor, s: Tensor, gamma: Tensor) -> Tensor:
    return gamma * torch.einsum("l,l...->...", s.softmax(0), layers)


def _scaled(module: nn.Module, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for p in module.parameters():
        width = p.shape[-1] if p.dim() > 1 else p.numel()
        nn.init.normal_(p, std=width**-0.5, generator=generator)


class FeedForwardLM(nn.Module):
    def __init__(self, vocab_size, embed, context, hidden, activation="tanh", seed=0):
        super().__init__()
        if activation not in ("tanh", "relu"):
            raise ValueError("activation: tanh or relu, please")
        with torch.random.fork_rng(devices=[]):
            self.embedding = nn.Embedding(vocab_size, embed)
            self.inner = nn.Linear(context * embed, hidden)
            self.outer = nn.Linear(hidden, vocab_size)
        self.activation = torch.tanh if activation == "tanh" else relu
        _scaled(self, seed)

    def forward(self, ids: Tensor) -> Tensor:
        return self.outer(self.activation(self.inner(self.embedding(ids).flatten(1))))


class DynamicNet(nn.Module):
    def __init__(self, d_in: int, hidden: int, d_out: int, seed: int = 0) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            self.first = nn.Linear(d_in, hidden)
            self.shared = nn.Linear(hidden, hidden)
            self.last = nn.Linear(hidden, d_out)
        _scaled(self, seed)

    def forward(self, x: Tensor, repeats: int) -> Tensor:
        x = torch.tanh(self.first(x))
        for _ in range(repeats):
            x = torch.tanh(self.shared(x))
        return self.last(x)


def clip_values(grads: list[Tensor], limit: float) -> list[Tensor]:
    return [g.clamp(-limit, limit) for g in grads]


def adadelta(
    param: Tensor, grad: Tensor, state: dict, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6
) -> tuple[Tensor, dict]:
    zero = torch.zeros_like(grad)
    s = torch.lerp(grad.square(), state.get("s", zero), rho)
    u = state.get("u", zero)
    delta = grad * ((u + eps) / (s + eps)).sqrt()
    return param - lr * delta, {"s": s, "u": torch.lerp(delta.square(), u, rho)}

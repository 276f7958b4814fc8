from __future__ import annotations

import torch
from torch import Tensor, nn


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        positive = x > 0
        ctx.save_for_backward(positive)
        return torch.where(positive, x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, grad_output: Tensor) -> Tensor:
        (positive,) = ctx.saved_tensors
        return torch.where(positive, grad_output, torch.zeros_like(grad_output))


def relu(x: Tensor) -> Tensor:
    return ReLU.apply(x)


def elmo_mix(layers: Tensor, s: Tensor, gamma: Tensor) -> Tensor:
    if s.dim() != 1 or len(layers) != len(s) or len(s) == 0:
        raise ValueError("s must have one entry for each of the layers")
    weights = s.softmax(0)
    mixed = torch.zeros_like(layers[0])
    for layer, weight in zip(layers, weights, strict=True):
        mixed = mixed + weight * layer
    return gamma * mixed


def _linear(inputs: int, outputs: int, generator: torch.Generator) -> nn.Linear:
    layer = nn.utils.skip_init(nn.Linear, inputs, outputs)
    bound = inputs**-0.5
    for parameter in layer.parameters():
        nn.init.uniform_(parameter, -bound, bound, generator=generator)
    return layer


class FeedForwardLM(nn.Module):
    def __init__(
        self,
        vocab_size: int,
        embed: int,
        context: int,
        hidden: int,
        activation: str = "tanh",
        seed: int = 0,
    ) -> None:
        super().__init__()
        if activation not in ("tanh", "relu"):
            raise ValueError("activation must be tanh or relu")
        if context < 1:
            raise ValueError("context must be at least 1")
        self.context = context
        self.activation = activation
        generator = torch.Generator().manual_seed(seed)
        self.table = nn.Parameter(torch.randn(vocab_size, embed, generator=generator))
        self.hidden = _linear(context * embed, hidden, generator)
        self.output = _linear(hidden, vocab_size, generator)

    def forward(self, ids: Tensor) -> Tensor:
        if ids.dim() != 2 or ids.shape[1] != self.context:
            raise ValueError("ids must be (B, context)")
        beside = torch.cat([self.table[ids[:, place]] for place in range(self.context)], 1)
        hidden = self.hidden(beside)
        hidden = torch.tanh(hidden) if self.activation == "tanh" else relu(hidden)
        return self.output(hidden)


class DynamicNet(nn.Module):
    def __init__(self, d_in: int, hidden: int, d_out: int, seed: int = 0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.first = _linear(d_in, hidden, generator)
        self.middle = _linear(hidden, hidden, generator)
        self.last = _linear(hidden, d_out, generator)

    def forward(self, x: Tensor, repeats: int) -> Tensor:
        if repeats < 0:
            raise ValueError("repeats must not be negative")
        hidden = torch.tanh(self.first(x))
        for _ in range(repeats):
            hidden = torch.tanh(self.middle(hidden))
        return self.last(hidden)


def clip_values(grads: list[Tensor], limit: float) -> list[Tensor]:
    if limit < 0:
        raise ValueError("limit must not be negative")
    return [grad.clamp(-limit, limit) for grad in grads]


def adadelta(
    param: Tensor, grad: Tensor, state: dict, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6
) -> tuple[Tensor, dict]:
    olds = state.get("entries", [(0.0, 0.0)] * grad.numel())
    values, entries = [], []
    for p, g, (s, u) in zip(param.flatten().tolist(), grad.flatten().tolist(), olds):
        s = rho * s + (1 - rho) * g * g
        d = g * (u + eps) ** 0.5 / (s + eps) ** 0.5
        values.append(p - lr * d)
        entries.append((s, rho * u + (1 - rho) * d * d))
    return torch.tensor(values, dtype=param.dtype).reshape(param.shape), {"entries": entries}

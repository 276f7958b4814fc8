from __future__ import annotations

import torch
from torch import Tensor, nn


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return torch.maximum(x, x.new_zeros(()))

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, grad_output: Tensor) -> Tensor:
        return grad_output * torch.heaviside(ctx.saved_tensors[0], grad_output.new_zeros(()))


def relu(x: Tensor) -> Tensor:
    return ReLU.apply(x)


def elmo_mix(layers: Tensor, s: Tensor, gamma: Tensor) -> Tensor:
    if s.shape != layers.shape[:1]:
        raise ValueError("s and layers do not fit")
    return torch.einsum("lbtd,l,->btd", layers, s.softmax(0), gamma)


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
        known = {"tanh": torch.tanh, "relu": relu}
        if activation not in known:
            raise ValueError("activation is unknown")
        self.activation = known[activation]
        generator = torch.Generator().manual_seed(seed)

        def normal(*shape: int) -> nn.Parameter:
            scale = shape[0] ** -0.5
            return nn.Parameter(torch.randn(shape, generator=generator) * scale)

        self.E = nn.Parameter(torch.randn(vocab_size, embed, generator=generator))
        self.W = normal(context, embed, hidden)
        self.b = nn.Parameter(torch.zeros(hidden))
        self.U = normal(hidden, vocab_size)
        self.d = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, ids: Tensor) -> Tensor:
        if ids.shape[1:] != self.W.shape[:1]:
            raise ValueError("ids do not fit the context")
        hidden = self.activation(torch.einsum("bce,ceh->bh", self.E[ids], self.W) + self.b)
        return torch.einsum("bh,hv->bv", hidden, self.U) + self.d


class DynamicNet(nn.Module):
    def __init__(self, d_in: int, hidden: int, d_out: int, seed: int = 0) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.layers = nn.ModuleList(
                nn.Linear(a, b) for a, b in [(d_in, hidden), (hidden, hidden), (hidden, d_out)]
            )

    def forward(self, x: Tensor, repeats: int) -> Tensor:
        if repeats < 0:
            raise ValueError("repeats is negative")
        enter, middle, leave = self.layers
        x = enter(x).tanh()
        for _ in range(repeats):
            x = middle(x).tanh()
        return leave(x)


def clip_values(grads: list[Tensor], limit: float) -> list[Tensor]:
    if limit < 0:
        raise ValueError("limit is negative")
    bound = torch.tensor(limit)
    return [grad.minimum(bound.to(grad)).maximum(-bound.to(grad)) for grad in grads]


def adadelta(
    param: Tensor, grad: Tensor, state: dict, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6
) -> tuple[Tensor, dict]:
    squares = (1 - rho) * grad.square()
    before = torch.zeros_like(grad)
    if state:
        squares, before = squares + rho * state["squares"], state["steps"]
    step = grad * (before + eps).sqrt() / (squares + eps).sqrt()
    return param - lr * step, {"squares": squares, "steps": rho * before + (1 - rho) * step.square()}

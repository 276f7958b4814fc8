"""Bonus exercises: a ReLU with its own backward pass, ELMo's mixture of layers, Bengio's language
model, a net of dynamic depth, clipping by value, Adadelta.

Feed-forward language model: Bengio et al. (2003). ELMo: Peters et al. (2018), equation 1. Adadelta:
Zeiler (2012), algorithm 1, with an lr as in https://docs.pytorch.org/docs/stable/optim.html.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ReLU(torch.autograd.Function):
    """max(x, 0) as a function of autograd, with a backward pass of its own."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        """x of any shape -> max(x, 0); ctx keeps what backward needs."""
        # YOUR CODE HERE
        raise NotImplementedError()

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, grad_output: Tensor) -> Tensor:
        """The gradient with respect to x: grad_output where x > 0, else 0, including at x = 0.

        A new tensor.
        """
        # YOUR CODE HERE
        raise NotImplementedError()


def relu(x: Tensor) -> Tensor:
    """ReLU as a function: max(x, 0), differentiable by ReLU.backward."""
    # YOUR CODE HERE
    raise NotImplementedError()


def elmo_mix(layers: Tensor, s: Tensor, gamma: Tensor) -> Tensor:
    """gamma times the sum over l of softmax(s)[l] layers[l].

    layers (L, B, T, D), s (L,), gamma () -> (B, T, D); differentiable with respect to all three.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class FeedForwardLM(nn.Module):
    """The next word from the embeddings of the `context` words before it, side by side.

        h = tanh(W [e_1; ...; e_context] + b)        logits = U h + d

    Parameters: V E + context E H + H + H V + V. activation: "tanh" or "relu".
    All are drawn by seed alone. Raises ValueError naming activation for any other value.
    """

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
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, ids: Tensor) -> Tensor:
        """ids (B, context) int64, the oldest first -> logits (B, V)."""
        # YOUR CODE HERE
        raise NotImplementedError()


class DynamicNet(nn.Module):
    """A net that runs one middle layer (H, H) as often as requested: three layers in all.

    All parameters are drawn by seed alone; their number does not depend on the depth.
    """

    def __init__(self, d_in: int, hidden: int, d_out: int, seed: int = 0) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, x: Tensor, repeats: int) -> Tensor:
        """x (B, d_in) -> (B, d_out); the middle layer and its activation run repeats times."""
        # YOUR CODE HERE
        raise NotImplementedError()


def clip_values(grads: list[Tensor], limit: float) -> list[Tensor]:
    """New tensors with every entry clipped to [-limit, limit]: the direction may change."""
    # YOUR CODE HERE
    raise NotImplementedError()


def adadelta(
    param: Tensor, grad: Tensor, state: dict, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6
) -> tuple[Tensor, dict]:
    """RMSProp whose rate is the size of its own recent steps. Both averages, s and u, start at 0:

        s <- rho s + (1 - rho) g^2
        d <- g sqrt(u + eps) / sqrt(s + eps)       with u from before this step
        u <- rho u + (1 - rho) d^2                 theta <- theta - lr d

    Entry by entry; param and grad are not changed, and the first state is {}.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from .cells import LSTM


class LSTMLanguageModel(nn.Module):
    """The state is one tensor (2, L, B, H): all h, then all c."""

    def __init__(
        self,
        vocab_size: int,
        embed_size: int,
        hidden_size: int,
        num_layers: int = 1,
        dropout: float = 0.0,
        tie_weights: bool = False,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if tie_weights and embed_size != hidden_size:
            raise ValueError("embed_size and hidden_size differ, but tie_weights is set")
        if not 0 <= dropout <= 1:
            raise ValueError("dropout lies outside of [0, 1]")
        self.vocab_size, self.p = vocab_size, dropout
        self.noise = torch.Generator().manual_seed(seed)

        def draw(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(shape).uniform_(-0.1, 0.1, generator=self.noise))

        self.table = draw(vocab_size, embed_size)
        self.out = self.table if tie_weights else draw(vocab_size, hidden_size)
        self.out_bias = nn.Parameter(torch.zeros(vocab_size))
        self.recurrent = LSTM(embed_size, hidden_size, num_layers, dropout, seed=seed)

    def _dropped(self, x: Tensor) -> Tensor:
        if not (self.training and self.p):
            return x
        keep = torch.rand(x.shape, generator=self.noise).to(x.device) >= self.p
        return torch.where(keep, x / max(1 - self.p, 1e-9), 0)

    def forward(self, ids: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        if ids.dim() != 2:
            raise ValueError("ids is not (T, B)")
        if ((ids < 0) | (ids >= self.vocab_size)).any():
            raise ValueError("ids outside of the vocabulary")
        pair = None if state is None else state.unbind(0)
        hidden, pair = self.recurrent(self._dropped(self.table[ids]), pair)
        logits = torch.einsum("tbh,vh->tbv", self._dropped(hidden), self.out) + self.out_bias
        return logits, torch.stack(pair)


def detach(state: Any) -> Any:
    return state.detach()


def _loss(logits: Tensor, targets: Tensor) -> Tensor:
    return (logits.logsumexp(-1) - logits.gather(-1, targets[..., None]).squeeze(-1)).mean()


@torch.no_grad()
def evaluate(model: LSTMLanguageModel, data: Tensor, bptt: int) -> float:
    if bptt < 1:
        raise ValueError("bptt is below 1")
    if data.shape[0] < 2:
        raise ValueError("data has nothing to predict")
    mode = model.training
    model.eval()
    state, total = None, 0.0
    for inputs, targets in zip(data[:-1].split(bptt), data[1:].split(bptt), strict=True):
        logits, state = model(inputs, state)
        total += _loss(logits.double(), targets).item() * targets.numel()
    model.train(mode)
    return math.exp(min(total / data[1:].numel(), 709))


class _Adam:
    """Adam on all parameters as one long vector, the gradient clipped before."""

    def __init__(self, model: nn.Module, lr: float, clip: float) -> None:
        self.parameters = list(model.parameters())
        self.lr, self.clip, self.step_number = lr, clip, 0
        size = sum(parameter.numel() for parameter in self.parameters)
        self.mean, self.square = torch.zeros(size), torch.zeros(size)

    @torch.no_grad()
    def step(self, loss: Tensor) -> None:
        with torch.enable_grad():
            grads = torch.autograd.grad(loss, self.parameters)
        flat = torch.cat([grad.flatten() for grad in grads])
        flat = flat * (self.clip / flat.norm().clamp(min=self.clip))
        self.step_number += 1
        self.mean.lerp_(flat, 0.1)
        self.square.lerp_(flat**2, 0.001)
        mean = self.mean / (1 - 0.9**self.step_number)
        square = self.square / (1 - 0.999**self.step_number)
        change = self.lr * mean / (square.sqrt() + 1e-8)
        sizes = [parameter.numel() for parameter in self.parameters]
        for parameter, part in zip(self.parameters, change.split(sizes), strict=True):
            parameter -= part.view_as(parameter)


def train(
    ids: Tensor,
    vocab_size: int,
    *,
    embed_size: int = 64,
    hidden_size: int = 128,
    num_layers: int = 1,
    dropout: float = 0.0,
    bptt: int = 35,
    batch_size: int = 20,
    epochs: int = 3,
    lr: float = 1e-2,
    clip: float = 1.0,
    seed: int = 0,
) -> tuple[LSTMLanguageModel, list[float]]:
    for name, value in {"bptt": bptt, "batch_size": batch_size}.items():
        if value < 1:
            raise ValueError(f"{name} is below 1")
    if ((ids < 0) | (ids >= vocab_size)).any():
        raise ValueError("ids outside of the vocabulary")
    border = -(-len(ids) * 9 // 10)  # rounded up
    if border < 2 * batch_size or len(ids) - border < 2:
        raise ValueError("ids are too few")
    rows = border // batch_size
    data = ids[: rows * batch_size].view(batch_size, rows).T
    held_out = ids[border:]
    columns = max(1, min(batch_size, len(held_out) // 2))
    held_rows = len(held_out) // columns
    held_out = held_out[: held_rows * columns].view(columns, held_rows).T
    model = LSTMLanguageModel(vocab_size, embed_size, hidden_size, num_layers, dropout, seed=seed)
    optimiser = _Adam(model, lr, clip)
    perplexities = []
    for _ in range(epochs):
        state = None
        for inputs, targets in zip(data[:-1].split(bptt), data[1:].split(bptt), strict=True):
            logits, state = model(inputs, state)
            optimiser.step(_loss(logits, targets))
            state = detach(state)
        perplexities.append(evaluate(model, held_out, bptt))
    return model, perplexities


@torch.no_grad()
def generate(
    model: LSTMLanguageModel,
    prefix: list[int],
    length: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
) -> list[int]:
    if not prefix:
        raise ValueError("prefix is empty")
    if length < 0:
        raise ValueError("length is negative")
    if temperature < 0:
        raise ValueError("temperature is negative")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k is below 1")
    if not all(0 <= number < model.vocab_size for number in prefix):
        raise ValueError("prefix holds an id outside of the vocabulary")
    generator = torch.Generator().manual_seed(seed)
    mode = model.training
    model.eval()
    ids, state = list(prefix), None
    while len(ids) < len(prefix) + length:
        unread = ids if state is None else ids[-1:]
        logits, state = model(torch.tensor(unread)[:, None], state)
        scores = logits[-1, 0].double()
        if top_k is not None:
            best = scores.topk(min(top_k, len(scores))).indices
            scores = torch.full_like(scores, -math.inf).scatter(0, best, scores[best])
        # Gumbel noise: the argmax of log p + noise is a draw from p.
        uniform = torch.rand(len(scores), generator=generator, dtype=torch.float64)
        noise = -(-uniform.clamp(min=1e-300).log()).log()
        ids.append(int((scores + temperature * noise).argmax()))
    model.train(mode)
    return ids[len(prefix) :]

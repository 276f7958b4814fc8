from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from .cells import LSTM


class LSTMLanguageModel(nn.Module):
    """The state is a list of (h, c), one pair for each layer."""

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
        if vocab_size < 1:
            raise ValueError("vocab_size must be at least 1")
        if tie_weights and embed_size != hidden_size:
            raise ValueError("tie_weights needs embed_size and hidden_size to be equal")
        if not 0 <= dropout <= 1:
            raise ValueError("dropout must be a probability")
        self.vocab_size = vocab_size
        self.dropout = dropout
        self.noise = seed
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.embedding = nn.Embedding(vocab_size, embed_size)
            self.output = nn.Linear(hidden_size, vocab_size)
        nn.init.zeros_(self.output.bias)
        if tie_weights:
            with torch.no_grad():
                self.embedding.weight.mul_(0.1)
            self.output.weight = self.embedding.weight
        self.lstm = LSTM(embed_size, hidden_size, num_layers, dropout, seed=seed)

    def _drop(self, x: Tensor) -> Tensor:
        """Inverted dropout in training mode, with another mask each time."""
        if not self.training or self.dropout == 0:
            return x
        if self.dropout == 1:
            return torch.zeros_like(x)
        self.noise += 1_000_003
        generator = torch.Generator().manual_seed(self.noise)
        keep = torch.rand(x.shape, generator=generator) >= self.dropout
        return x * keep.to(x) / (1 - self.dropout)

    def forward(self, ids: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        if ids.dim() != 2 or ids.numel() == 0:
            raise ValueError("ids must be (T, B), not empty")
        if int(ids.min()) < 0 or int(ids.max()) >= self.vocab_size:
            raise ValueError("ids must lie in the vocabulary")
        if state is not None:
            state = (torch.stack([h for h, _ in state]), torch.stack([c for _, c in state]))
        hidden, (h, c) = self.lstm(self._drop(self.embedding(ids)), state)
        return self.output(self._drop(hidden)), list(zip(h.unbind(0), c.unbind(0), strict=True))


def detach(state: Any) -> Any:
    return None if state is None else [(h.detach(), c.detach()) for h, c in state]


def _nll(logits: Tensor, targets: Tensor) -> Tensor:
    log_p = logits.log_softmax(-1)
    return -log_p.gather(-1, targets.unsqueeze(-1)).sum()


def evaluate(model: LSTMLanguageModel, data: Tensor, bptt: int) -> float:
    if bptt < 1:
        raise ValueError("bptt must be at least 1")
    if len(data) < 2 or data.shape[1] == 0:
        raise ValueError("data must have at least two rows")
    was_training = model.training
    model.eval()
    total, state = 0.0, None
    try:
        with torch.no_grad():
            for begin in range(0, len(data) - 1, bptt):
                end = min(begin + bptt, len(data) - 1)
                logits, state = model(data[begin:end], state)
                total += float(_nll(logits, data[begin + 1 : end + 1]))
    finally:
        model.train(was_training)
    mean = total / ((len(data) - 1) * data.shape[1])
    return math.exp(mean) if mean < 700 else math.inf


def _columns(ids: Tensor, batch_size: int) -> Tensor:
    steps = len(ids) // batch_size
    return torch.stack(
        [ids[column * steps : (column + 1) * steps] for column in range(batch_size)], 1
    )


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
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    if bptt < 1:
        raise ValueError("bptt must be at least 1")
    held_out = ids[len(ids) - len(ids) // 10 :]
    kept = ids[: len(ids) - len(ids) // 10]
    if len(held_out) < 2 or len(kept) < 2 * batch_size:
        raise ValueError("ids are too few")
    if int(ids.min()) < 0 or int(ids.max()) >= vocab_size:
        raise ValueError("ids must be below vocab_size")
    model = LSTMLanguageModel(
        vocab_size, embed_size, hidden_size, num_layers, dropout, tie_weights=False, seed=seed
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    data = _columns(kept, batch_size)
    test = _columns(held_out, min(10, len(held_out) // 2))
    perplexities = []
    for _ in range(epochs):
        model.train()
        state = None
        for begin in range(0, len(data) - 1, bptt):
            end = min(begin + bptt, len(data) - 1)
            logits, state = model(data[begin:end], detach(state))
            loss = _nll(logits, data[begin + 1 : end + 1]) / ((end - begin) * batch_size)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimiser.step()
        perplexities.append(evaluate(model, test, bptt))
    return model, perplexities


def _choose(logits: list[float], temperature: float, top_k: int | None, draw: float) -> int:
    """The id for a draw from [0, 1)."""
    order = sorted(range(len(logits)), key=lambda number: (-logits[number], number))
    if temperature == 0:
        return order[0]
    if top_k is not None:
        order = order[:top_k]
    weights = [math.exp((logits[number] - logits[order[0]]) / temperature) for number in order]
    left = draw * sum(weights)
    for number, weight in zip(order, weights, strict=True):
        left -= weight
        if left < 0:
            return number
    return order[0]


def generate(
    model: LSTMLanguageModel,
    prefix: list[int],
    length: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
) -> list[int]:
    if len(prefix) == 0:
        raise ValueError("prefix must not be empty")
    if length < 0:
        raise ValueError("length must not be negative")
    if temperature < 0:
        raise ValueError("temperature must not be negative")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if min(prefix) < 0 or max(prefix) >= model.vocab_size:
        raise ValueError("prefix must hold ids of the vocabulary")
    generator = torch.Generator().manual_seed(seed)
    was_training = model.training
    model.eval()
    new, state = [], None
    try:
        with torch.no_grad():
            for number in prefix[:-1]:
                _, state = model(torch.tensor([[number]]), state)
            last = prefix[-1]
            while len(new) < length:
                logits, state = model(torch.tensor([[last]]), state)
                draw = float(torch.rand((), generator=generator, dtype=torch.float64))
                last = _choose(logits[0, 0].tolist(), temperature, top_k, draw)
                new.append(last)
    finally:
        model.train(was_training)
    return new

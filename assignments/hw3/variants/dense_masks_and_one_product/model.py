from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .cells import LSTM


class LSTMLanguageModel(nn.Module):
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
            raise ValueError("embed_size: tying needs it to equal hidden_size")
        with torch.random.fork_rng(devices=[]):
            self.embedding = nn.Embedding(vocab_size, embed_size)
            self.decoder = nn.Linear(hidden_size, vocab_size, bias=False)
        self.lstm = LSTM(embed_size, hidden_size, num_layers, dropout, seed=seed)
        generator = torch.Generator().manual_seed(seed + 1)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1, generator=generator)
        nn.init.uniform_(self.decoder.weight, -0.1, 0.1, generator=generator)
        if tie_weights:
            self.decoder.weight = self.embedding.weight

    def forward(self, ids: Tensor, state=None):
        output, state = self.lstm(self.embedding(ids), state)
        return self.decoder(output), state


def detach(state):
    h, c = state
    return h.detach(), c.detach()


@torch.no_grad()
def evaluate(model: LSTMLanguageModel, data: Tensor, bptt: int) -> float:
    mode = model.training
    model.eval()
    try:
        state, total = None, 0.0
        for x, y in zip(data[:-1].split(bptt), data[1:].split(bptt)):
            logits, state = model(x, state)
            total += F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum").item()
    finally:
        model.train(mode)
    return math.exp(total / data[1:].numel())


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
        raise ValueError("batch_size < 1")
    if bptt < 1:
        raise ValueError("bptt < 1")
    cut = len(ids) - int(len(ids) / 10)
    model = LSTMLanguageModel(
        vocab_size, embed_size, hidden_size, num_layers, dropout, seed=seed
    )
    optimiser = torch.optim.RMSprop(model.parameters(), lr=lr)
    data = _columns(ids[:cut], batch_size)
    held_out = _columns(ids[cut:], batch_size)
    perplexities = []
    for _ in range(epochs):
        model.train()
        state = None
        for x, y in zip(data[:-1].split(bptt), data[1:].split(bptt)):
            logits, state = model(x, state)
            state = detach(state)
            optimiser.zero_grad()
            F.cross_entropy(logits.flatten(0, 1), y.flatten()).backward()
            nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimiser.step()
        perplexities.append(evaluate(model, held_out, bptt))
    return model, perplexities


def _columns(ids: Tensor, batch_size: int) -> Tensor:
    width = min(batch_size, max(1, len(ids) // 2))
    length = len(ids) // width
    return ids[: length * width].view(width, length).t()


@torch.no_grad()
def generate(
    model: LSTMLanguageModel,
    prefix: list[int],
    length: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
) -> list[int]:
    if len(prefix) == 0:
        raise ValueError("prefix: at least one id, please")
    if temperature < 0:
        raise ValueError("temperature: not negative, please")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k: at least 1, please")
    mode = model.training
    model.eval()
    generator = torch.Generator().manual_seed(seed)
    x, state, new = torch.tensor(prefix)[:, None], None, []
    while len(new) < length:
        logits, state = model(x, state)
        logits = logits[-1, 0]
        if top_k is not None and top_k < logits.numel():
            border = logits.topk(top_k).values[-1]
            logits = logits.masked_fill(logits < border, -torch.inf)
        if temperature == 0:
            choice = logits.argmax().item()
        else:
            p = torch.softmax(logits.double() / temperature, -1)
            choice = torch.multinomial(p, 1, generator=generator).item()
        new.append(choice)
        x = torch.tensor([[choice]])
    model.train(mode)
    return new

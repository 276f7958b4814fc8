"""Library layers around the own LSTM; AdamW written out in train."""

import math
import random

import torch
from torch import nn

from . import cells


class LSTMLanguageModel(nn.Module):
    def __init__(
        self,
        vocab_size,
        embed_size,
        hidden_size,
        num_layers=1,
        dropout=0.0,
        tie_weights=False,
        seed=0,
    ):
        super().__init__()
        if tie_weights and embed_size != hidden_size:
            raise ValueError("tie_weights: the sizes differ")
        self.drop = nn.Dropout(dropout)
        self.rnn = cells.LSTM(embed_size, hidden_size, num_layers, dropout, seed=seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.embed = nn.Embedding(vocab_size, embed_size)
            self.head = nn.Linear(hidden_size, vocab_size)
        if tie_weights:
            with torch.no_grad():
                self.embed.weight.mul_(0.1)
            self.head.weight = self.embed.weight

    def forward(self, ids, state=None):
        y, state = self.rnn(self.drop(self.embed(ids)), state)
        return self.head(self.drop(y)), state


def detach(state):
    return tuple(part.detach().clone() for part in state)


def evaluate(model, data, bptt):
    mode = model.training
    model.eval()
    logs, state = [], None
    for start in range(0, len(data) - 1, bptt):
        stop = min(start + bptt, len(data) - 1)
        with torch.no_grad():
            logits, state = model(data[start:stop], state)
        logs.append(
            torch.log_softmax(logits.double(), -1).gather(2, data[start + 1 : stop + 1, :, None])
        )
    model.train(mode)
    return math.exp(-torch.cat(logs).mean().item())


def train(
    ids,
    vocab_size,
    *,
    embed_size=64,
    hidden_size=128,
    num_layers=1,
    dropout=0.0,
    bptt=35,
    batch_size=20,
    epochs=3,
    lr=1e-2,
    clip=1.0,
    seed=0,
):
    cut = len(ids) - len(ids) // 10
    model = LSTMLanguageModel(vocab_size, embed_size, hidden_size, num_layers, dropout, seed=seed)
    before = torch.get_rng_state(), random.getstate()  # as they were, they are to be again
    torch.manual_seed(seed)
    random.seed(seed)
    optimiser = torch.optim.RMSprop(model.parameters(), lr=lr / 3, alpha=0.95)
    rows = cut // batch_size
    columns = torch.stack([ids[b * rows : (b + 1) * rows] for b in range(batch_size)], 1)
    result = []
    for _ in range(epochs):
        state = None
        for start in range(0, rows - 1, bptt):
            stop = min(start + bptt, rows - 1)
            if state is not None:
                state = detach(state)
            logits, state = model(columns[start:stop], state)
            logs = torch.log_softmax(logits, -1)
            loss = -logs.gather(2, columns[start + 1 : stop + 1, :, None]).mean()
            model.zero_grad()
            loss.backward()
            norm = torch.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
            if norm > clip:
                for p in model.parameters():
                    p.grad.mul_(clip / norm)
            optimiser.step()
        result.append(evaluate(model, ids[cut:][:, None], 10**9))
    torch.set_rng_state(before[0])
    random.setstate(before[1])
    return model, result


def generate(model, prefix, length, temperature=1.0, top_k=None, seed=0):
    if not temperature >= 0:
        raise ValueError("temperature must be 0 or more")
    if top_k is not None and not top_k >= 1:
        raise ValueError("top_k must be 1 or more")
    noise = random.Random(seed)
    ids = list(prefix)
    with torch.no_grad():
        logits, state = model(torch.tensor(ids)[:, None])
        for _ in range(length):
            row = logits[-1, 0].tolist()
            best = sorted(row)[-min(top_k, len(row))] if top_k else -math.inf
            if temperature:
                # the largest of logit / T plus Gumbel noise is a draw from the softmax
                row = [
                    v / temperature - math.log(-math.log(noise.random())) if v >= best else -math.inf
                    for v in row
                ]
            ids.append(row.index(max(row)))
            logits, state = model(torch.tensor([ids[-1:]]), state)
    return ids[len(prefix) :]

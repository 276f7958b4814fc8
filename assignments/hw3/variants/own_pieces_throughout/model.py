"""Everything from the files beside this one."""

import math

import torch
from torch import nn

from hw3_language_model import metrics, regularise
from hw3_language_model.cells import LSTM
from hw3_language_model.data import batchify, windows
from hw3_language_model.optim import rmsprop


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
        if tie_weights and not embed_size == hidden_size:
            raise ValueError("embed_size and hidden_size must be the same")
        g = torch.Generator().manual_seed(seed + 1)
        self.table = nn.Parameter(0.3 * torch.randn(vocab_size, embed_size, generator=g))
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        if not tie_weights:
            self.out = nn.Parameter(0.1 * torch.randn(hidden_size, vocab_size, generator=g))
        self.tied = tie_weights
        self.layers = nn.ModuleList(
            LSTM(embed_size if k == 0 else hidden_size, hidden_size, seed=10 * seed + k)
            for k in range(num_layers)
        )
        self.p = dropout
        self.calls = 0

    def drop(self, x):
        self.calls += 1
        return regularise.dropout(x, self.p, self.training, self.calls)

    def forward(self, ids, state=None):
        x = self.drop(self.table[ids])
        states = []
        for k, layer in enumerate(self.layers):
            x, new = layer(x, None if state is None else state[k])
            x = self.drop(x)
            states.append(new)
        weights = self.table.T if self.tied else self.out
        return x @ weights + self.bias, states


def detach(state):
    return [(h.detach(), c.detach()) for h, c in state]


@torch.inference_mode()
def evaluate(model, data, bptt):
    was = model.training
    model.train(False)
    try:
        total, n, state = 0.0, 0, None
        for x, y in windows(data, bptt):
            logits, state = model(x, state)
            total += float(metrics.cross_entropy(logits, y)) * y.numel()
            n += y.numel()
    finally:
        model.train(was)
    return metrics.perplexity(total, n)


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
    model = LSTMLanguageModel(
        vocab_size, embed_size, hidden_size, num_layers, dropout, seed=seed
    )
    held = len(ids) // 10
    learn, test = batchify(ids[: len(ids) - held], batch_size), batchify(ids[len(ids) - held :], 2)
    params = list(model.parameters())
    states = [{} for _ in params]
    found = []
    for _ in range(epochs):
        model.train()
        carried = None
        for x, y in windows(learn, bptt):
            logits, carried = model(x, carried)
            carried = detach(carried)
            loss = metrics.cross_entropy(logits, y)
            grads, _ = regularise.clip_gradients(list(torch.autograd.grad(loss, params)), clip)
            with torch.no_grad():
                for k, (p, g) in enumerate(zip(params, grads)):
                    new, states[k] = rmsprop(p, g, states[k], lr / 2, alpha=0.9)
                    p.copy_(new)
        found.append(evaluate(model, test, bptt))
    return model, found


def generate(model, prefix, length, temperature=1.0, top_k=None, seed=0):
    if temperature < 0:
        raise ValueError(f"temperature {temperature} < 0")
    if top_k is not None and top_k <= 0:
        raise ValueError(f"top_k {top_k} is too small")
    g = torch.Generator()
    g.manual_seed(seed)
    out = []
    with torch.no_grad():
        logits, state = None, None
        for i in prefix:
            logits, state = model(torch.tensor([[i]]), state)
        while len(out) < length:
            row = logits.flatten().double()
            order = sorted(range(len(row)), key=lambda i: -float(row[i]))
            if temperature == 0:
                pick = order[0]
            else:
                order = order[:top_k]
                p = torch.softmax(row[order] / temperature, 0)
                u = torch.rand((), generator=g, dtype=torch.float64)
                place = int((p.cumsum(0) < u).sum())
                pick = order[min(place, len(order) - 1)]
            out.append(pick)
            logits, state = model(torch.tensor([[pick]]), state)
    return out

"""The language model. Its state is a dictionary {"h": ..., "c": ...}."""

import math

import numpy as np
import torch
from torch import nn

from .cells import LSTM


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
            raise ValueError("tie_weights needs embed_size = hidden_size")
        if not 0 <= dropout <= 1:
            raise ValueError("dropout must lie in [0, 1]")
        self.vocab_size, self.p = vocab_size, dropout
        rng = np.random.default_rng([seed, 1])
        self.table = nn.Parameter(
            torch.tensor(rng.normal(0, 0.1, (vocab_size, embed_size)), dtype=torch.float32)
        )
        self.lstm = LSTM(embed_size, hidden_size, num_layers, dropout, seed=seed)
        if not tie_weights:
            bound = 1 / math.sqrt(hidden_size)
            out = rng.uniform(-bound, bound, (vocab_size, hidden_size))
            self.out = nn.Parameter(torch.tensor(out, dtype=torch.float32))
        self.tied = tie_weights
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self._noise = np.random.default_rng([seed, 2])

    def _drop(self, x):
        if not self.training or self.p == 0:
            return x
        if self.p == 1:
            return x * 0
        keep = self._noise.random(tuple(x.shape)) >= self.p
        return x * torch.as_tensor(keep / (1 - self.p)).to(x)

    def forward(self, ids, state=None):
        if ids.dim() != 2:
            raise ValueError("ids must have shape (T, B)")
        if ids.numel() and (int(ids.min()) < 0 or int(ids.max()) >= self.vocab_size):
            raise ValueError("ids holds an id that is not in the vocabulary")
        x = self._drop(self.table[ids])
        out, (h, c) = self.lstm(x, None if state is None else (state["h"], state["c"]))
        weight = self.table if self.tied else self.out
        return self._drop(out) @ weight.t() + self.bias, {"h": h, "c": c}


def detach(state):
    return {name: value.detach() for name, value in state.items()}


def _pairs(data, bptt):
    for start in range(0, len(data) - 1, bptt):
        piece = data[start : start + bptt + 1]
        yield piece[:-1], piece[1:]


def evaluate(model, data, bptt):
    if bptt < 1:
        raise ValueError("bptt must be at least 1")
    if len(data) < 2 or data.shape[1] == 0:
        raise ValueError("data holds nothing to predict")
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    total, tokens, state = 0.0, 0, None
    with torch.no_grad():
        for inputs, targets in _pairs(data, bptt):
            logits, state = model(inputs, state)
            logp = torch.log_softmax(logits.double(), dim=-1).numpy()
            gold = targets.numpy()
            for t in range(gold.shape[0]):
                for b in range(gold.shape[1]):
                    total -= float(logp[t, b, gold[t, b]])
                    tokens += 1
    for module, mode in modes:
        module.training = mode
    return math.exp(total / tokens)


def _columns(ids, batch_size):
    steps = len(ids) // batch_size
    return ids[: steps * batch_size].reshape(batch_size, steps).t()


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
    for name, value in (("batch_size", batch_size), ("bptt", bptt)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1")
    held = max(2, len(ids) // 10)
    if len(ids) < held + 2:
        raise ValueError("ids is too short")
    ids = torch.as_tensor(ids)
    text = _columns(ids[:-held], min(batch_size, (len(ids) - held) // 2))
    rest = _columns(ids[-held:], 1)
    model = LSTMLanguageModel(
        vocab_size, embed_size, hidden_size, num_layers, dropout, False, seed
    )
    params = list(model.parameters())
    first = [torch.zeros_like(p) for p in params]
    second = [torch.zeros_like(p) for p in params]
    step, history = 0, []
    for _ in range(epochs):
        model.train()
        state = None
        for inputs, targets in _pairs(text, bptt):
            logits, state = model(inputs, None if state is None else detach(state))
            logp = torch.log_softmax(logits, -1)
            nll = -logp.gather(2, targets.unsqueeze(2)).sum()
            loss = nll / targets.shape[1]  # a sum over time, as Zaremba et al. have it
            grads = torch.autograd.grad(loss, params)
            norm = math.sqrt(sum(float((g.double() ** 2).sum()) for g in grads))
            factor = min(1.0, clip / norm) if norm > 0 else 1.0
            step += 1
            with torch.no_grad():
                for p, g, m, v in zip(params, grads, first, second):
                    g = g * factor
                    m.mul_(0.9).add_(0.1 * g)
                    v.mul_(0.999).add_(0.001 * g * g)
                    p -= lr * (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)).sqrt() + 1e-8)
        history.append(evaluate(model, rest, bptt))
    return model, history


def generate(model, prefix, length, temperature=1.0, top_k=None, seed=0):
    if not prefix:
        raise ValueError("prefix must hold at least one id")
    if temperature < 0:
        raise ValueError("temperature must not be negative")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if length < 0:
        raise ValueError("length must not be negative")
    rng = np.random.default_rng(seed)
    was = model.training
    model.eval()
    text = list(prefix)
    for _ in range(length):
        with torch.no_grad():
            logits, _ = model(torch.tensor(text, dtype=torch.int64).unsqueeze(1))
        last = logits[-1, 0].double().numpy()
        if temperature == 0:
            text.append(int(last.argmax()))
            continue
        order = np.argsort(-last, kind="stable")[: top_k or len(last)]
        scores = (last[order] - last[order[0]]) / temperature
        p = np.exp(scores)
        text.append(int(rng.choice(order, p=p / p.sum())))
    model.train(was)
    return text[len(prefix) :]

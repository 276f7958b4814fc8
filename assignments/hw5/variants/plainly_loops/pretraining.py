from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .transformer import EncoderLayer


def masked_word_loss(logits: Tensor, labels: Tensor) -> Tensor:
    losses = []
    for row, asked in zip(logits, labels.tolist()):
        for scores, label in zip(row, asked):
            if label != -100:
                losses.append(scores.logsumexp(0) - scores[label])
    return sum(losses, logits.new_zeros(())) / max(1, len(losses))


def next_sentence_loss(logits: Tensor, is_next: Tensor) -> Tensor:
    if len(is_next) != len(logits):
        raise ValueError("is_next: one for each row")
    return F.cross_entropy(logits, is_next.long())


class BERT(nn.Module):
    def __init__(self, vocab, d_model=64, heads=4, layers=2, d_ff=256, max_len=128, seed=0):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.tables = nn.ModuleList(nn.Embedding(n, d_model) for n in (vocab, 2, max_len))
            self.bias = nn.Parameter(torch.zeros(vocab))
            self.question = nn.Sequential(nn.Linear(d_model, d_model), nn.Tanh(), nn.Linear(d_model, 2))
            for table in self.tables:
                nn.init.normal_(table.weight, std=0.1)
        self.blocks = nn.ModuleList(
            EncoderLayer(d_model, heads, d_ff, 0.0, "pre", seed + 7 * n) for n in range(layers)
        )

    def encode(self, ids, segments, lengths):
        words, sides, places = self.tables
        x = words(ids) + sides(segments) + places.weight[: ids.shape[1]]
        seen = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        for block in self.blocks:
            x = block(x, seen[:, None, :].expand(-1, ids.shape[1], -1))
        return x

    def forward(self, ids, segments, lengths):
        x = self.encode(ids, segments, lengths)
        return x @ self.tables[0].weight.t() + self.bias, self.question(x[:, 0])


def bert_parameters(vocab: int, layers: int, d_model: int, max_len: int = 512) -> int:
    def linear(a, b):
        return a * b + b

    total = (vocab + 2 + max_len) * d_model + 2 * d_model + linear(d_model, d_model)
    for _ in range(layers):
        total += 4 * linear(d_model, d_model) + 2 * 2 * d_model
        total += linear(d_model, 4 * d_model) + linear(4 * d_model, d_model)
    return total

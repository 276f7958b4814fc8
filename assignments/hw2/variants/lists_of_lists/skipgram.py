"""Skip-gram with negative sampling, row by row."""

import math
import random

import torch
from torch import nn
from torch.nn import functional as F

from . import corpus, sampling


def _check(center, context, negatives):
    if center.dim() != 2 or len(center) == 0:
        raise ValueError("center must have the shape (B, d) with at least one row")
    if context.shape != center.shape:
        raise ValueError("context must have the shape of center")
    if negatives.dim() != 3 or len(negatives) != len(center):
        raise ValueError("negatives must have the shape (B, K, d)")
    if negatives.shape[2] != center.shape[1]:
        raise ValueError("negatives must have the d of center")


def sgns_loss(center, context, negatives):
    _check(center, context, negatives)
    losses = []
    for v, u, others in zip(center, context, negatives):
        loss = -F.logsigmoid(torch.dot(u, v))
        for other in others:
            loss = loss - F.logsigmoid(-torch.dot(other, v))
        losses.append(loss)
    return sum(losses) / len(losses)


def _sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b))


def sgns_gradients(center, context, negatives):
    _check(center, context, negatives)
    B = len(center)
    d_center, d_context, d_negatives = [], [], []
    for v, u, others in zip(center.tolist(), context.tolist(), negatives.tolist()):
        pull = (_sigmoid(_dot(u, v)) - 1) / B
        row = [pull * x for x in u]
        d_context.append([pull * x for x in v])
        d_others = []
        for other in others:
            push = _sigmoid(_dot(other, v)) / B
            row = [x + push * y for x, y in zip(row, other)]
            d_others.append([push * x for x in v])
        d_center.append(row)
        d_negatives.append(d_others)
    return tuple(
        torch.tensor(rows, dtype=like.dtype, device=like.device).reshape(like.shape)
        for rows, like in ((d_center, center), (d_context, context), (d_negatives, negatives))
    )


class SkipGram(nn.Module):
    def __init__(self, vocab_size, dim, seed=0):
        super().__init__()
        self.in_embed = nn.Embedding(vocab_size, dim)
        self.out_embed = nn.Embedding(vocab_size, dim)
        generator = random.Random(seed)
        rows = [[(generator.random() - 0.5) / dim for _ in range(dim)] for _ in range(vocab_size)]
        with torch.no_grad():
            self.in_embed.weight.copy_(torch.tensor(rows).reshape(vocab_size, dim))
            self.out_embed.weight.zero_()

    def forward(self, center, context, negatives):
        v, u, others = self.in_embed(center), self.out_embed(context), self.out_embed(negatives)
        scores = (others * v[:, None]).sum(dim=2)
        return -(F.logsigmoid((u * v).sum(dim=1)) + F.logsigmoid(-scores).sum(dim=1)).mean()


def train(
    sentences, dim=50, window=5, negatives=5, epochs=5, lr=0.025, min_count=1, t=1e-3,
    batch_size=512, seed=0,
):
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    vocabulary = corpus.Vocabulary(sentences, min_count)
    if len(vocabulary) == 0:
        raise ValueError("sentences leave no word in the vocabulary")
    model = SkipGram(len(vocabulary), dim, seed)
    keep = corpus.keep_probability(vocabulary.counts, t)
    sampler = sampling.AliasSampler(sampling.negative_distribution(vocabulary.counts))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    generator = random.Random(seed)
    for _ in range(epochs):
        pairs = []
        for sentence in sentences:
            ids = corpus.subsample(vocabulary.encode(sentence), keep, generator.getrandbits(32))
            pairs.extend(corpus.skipgram_pairs(ids, window).tolist())
        generator.shuffle(pairs)
        for begin in range(0, len(pairs), batch_size):
            batch = torch.tensor(pairs[begin : begin + batch_size])
            others = sampler.sample((len(batch), negatives), generator.getrandbits(32))
            optimiser.zero_grad()
            model(batch[:, 0], batch[:, 1], others).backward()
            optimiser.step()
    return vocabulary.tokens, model.in_embed.weight.detach().clone()

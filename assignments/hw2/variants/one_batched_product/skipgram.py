"""Skip-gram with negative sampling in one batched product.

With the context as row 0 and the negatives below it, the loss of an example is the sum of
softplus(sign * score), sign -1 for row 0 and 1 for the others.
"""

import math

import torch
from torch import nn
from torch.nn.functional import softplus

from . import corpus, sampling


def _rows(center, context, negatives):
    if center.dim() != 2 or center.shape[0] == 0:
        raise ValueError("center: expected (B, d) with B at least 1")
    if context.shape != center.shape:
        raise ValueError("context: expected the shape of center")
    if negatives.dim() != 3 or (negatives.shape[0], negatives.shape[2]) != tuple(center.shape):
        raise ValueError("negatives: expected (B, K, d)")
    rows = torch.cat([context.unsqueeze(1), negatives], dim=1)
    signs = torch.ones(rows.shape[1], dtype=center.dtype, device=center.device)
    signs[0] = -1
    return rows, signs


def sgns_loss(center, context, negatives):
    rows, signs = _rows(center, context, negatives)
    scores = torch.bmm(rows, center.unsqueeze(2)).squeeze(2)
    return softplus(signs * scores).sum(dim=1).mean()


@torch.no_grad()
def sgns_gradients(center, context, negatives):
    rows, signs = _rows(center, context, negatives)
    scores = torch.bmm(rows, center.unsqueeze(2)).squeeze(2)
    slopes = signs * torch.sigmoid(signs * scores) / len(center)
    d_center = torch.bmm(slopes.unsqueeze(1), rows).squeeze(1)
    d_rows = slopes.unsqueeze(2) * center.unsqueeze(1)
    return d_center, d_rows[:, 0].clone(), d_rows[:, 1:].clone()


class SkipGram(nn.Module):
    def __init__(self, vocab_size, dim, seed=0):
        super().__init__()
        self.in_embed = nn.Embedding(vocab_size, dim)
        self.out_embed = nn.Embedding(vocab_size, dim)
        generator = torch.Generator().manual_seed(seed)
        bound = 0.5 / dim
        nn.init.uniform_(self.in_embed.weight, -bound, bound, generator=generator)
        nn.init.zeros_(self.out_embed.weight)

    def forward(self, center, context, negatives):
        return sgns_loss(self.in_embed(center), self.out_embed(context), self.out_embed(negatives))


class _RMSprop:
    def __init__(self, table):
        self.table, self.mean_square = table, torch.zeros_like(table)

    def step(self, ids, gradients, lr):
        total = torch.zeros_like(self.table).index_add_(0, ids, gradients)
        self.mean_square.mul_(0.95).addcmul_(total, total, value=0.05)
        self.table.addcdiv_(total, self.mean_square.sqrt().add_(1e-8), value=-lr)


@torch.no_grad()
def train(
    sentences,
    dim=50,
    window=5,
    negatives=5,
    epochs=5,
    lr=0.025,
    min_count=1,
    t=1e-3,
    batch_size=512,
    seed=0,
):
    if batch_size < 1:
        raise ValueError("batch_size: must be at least 1")
    vocabulary = corpus.Vocabulary(sentences, min_count)
    if not len(vocabulary):
        raise ValueError("sentences: no word is frequent enough")
    generator = torch.Generator().manual_seed(seed)

    def draw_seed():
        return int(torch.randint(2**31, (), generator=generator))

    model = SkipGram(len(vocabulary), dim, draw_seed())
    inner, outer = model.in_embed.weight.data, model.out_embed.weight.data
    steppers = _RMSprop(inner), _RMSprop(outer)
    keep = corpus.keep_probability(vocabulary.counts, t)
    noise = sampling.AliasSampler(sampling.negative_distribution(vocabulary.counts))
    # Windows are taken first and thinned afterwards: both words of a pair must survive.
    pairs = torch.cat([corpus.skipgram_pairs(vocabulary.encode(s), window) for s in sentences])
    for epoch in range(epochs):
        chances = keep[pairs].prod(dim=1)
        chosen = pairs[torch.bernoulli(chances, generator=generator).bool()]
        chosen = chosen[torch.randperm(len(chosen), generator=generator)]
        steps = max(1, math.ceil(len(chosen) / batch_size))
        for number, batch in enumerate(chosen.split(batch_size) if len(chosen) else ()):
            done = (epoch + number / steps) / epochs
            others = noise.sample((len(batch), negatives), draw_seed())
            center, context = batch.T
            d_in, d_out, d_others = sgns_gradients(inner[center], outer[context], outer[others])
            rate = lr * (1 - 0.9 * done)
            steppers[0].step(center, d_in, rate)
            steppers[1].step(
                torch.cat([context, others.flatten()]),
                torch.cat([d_out, d_others.flatten(0, 1)]),
                rate,
            )
    return vocabulary.tokens, inner.clone()

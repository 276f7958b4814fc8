"""Skip-gram with negative sampling, its derivative written out."""

import numpy as np
import torch
from torch import nn

from .corpus import Vocabulary, keep_probability, skipgram_pairs, subsample
from .sampling import AliasSampler, negative_distribution


def _softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def _check(center, context, negatives):
    if center.ndim != 2 or center.shape[0] == 0:
        raise ValueError("center is not (B, d) with B at least 1")
    if context.shape != center.shape:
        raise ValueError("context is not (B, d)")
    if negatives.ndim != 3 or negatives.shape[::2] != center.shape:
        raise ValueError("negatives are not (B, K, d)")


def _arrays(*tensors):
    return tuple(tensor.detach().cpu().numpy() for tensor in tensors)


def loss_arrays(center, context, negatives):
    good = np.einsum("bd,bd->b", center, context)
    bad = np.einsum("bd,bkd->bk", center, negatives)
    return (_softplus(-good) + _softplus(bad).sum(axis=1)).mean()


def gradient_arrays(center, context, negatives):
    good = _sigmoid(np.einsum("bd,bd->b", center, context))[:, None] - 1
    bad = _sigmoid(np.einsum("bd,bkd->bk", center, negatives))[:, :, None]
    B = center.dtype.type(len(center))
    d_center = good * context + (bad * negatives).sum(axis=1)
    return d_center / B, good * center / B, bad * center[:, None] / B


class _Loss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *tensors):
        ctx.save_for_backward(*tensors)
        value = loss_arrays(*_arrays(*tensors))
        return torch.tensor(value, dtype=tensors[0].dtype, device=tensors[0].device)

    @staticmethod
    def backward(ctx, grad):
        found = sgns_gradients(*ctx.saved_tensors)
        return tuple(grad * gradient for gradient in found)


def sgns_loss(center, context, negatives):
    _check(center, context, negatives)
    return _Loss.apply(center, context, negatives)


def sgns_gradients(center, context, negatives):
    _check(center, context, negatives)
    found = gradient_arrays(*_arrays(center, context, negatives))
    return tuple(torch.from_numpy(gradient).to(center) for gradient in found)


class SkipGram(nn.Module):
    def __init__(self, vocab_size, dim, seed=0):
        super().__init__()
        drawn = np.random.default_rng(seed).random((vocab_size, dim), dtype=np.float32)
        weight = torch.from_numpy((drawn - np.float32(0.5)) / np.float32(dim))
        self.in_embed = nn.Embedding.from_pretrained(weight, freeze=False)
        self.out_embed = nn.Embedding.from_pretrained(torch.zeros(vocab_size, dim), freeze=False)

    def forward(self, center, context, negatives):
        return sgns_loss(self.in_embed(center), self.out_embed(context), self.out_embed(negatives))


class _AdaGrad:
    """Rows of an array, each entry with a step of its own; equal rows of a batch are summed."""

    def __init__(self, table, lr):
        self.table, self.lr, self.squares = table, lr, np.full_like(table, 1e-6)

    def step(self, ids, gradients):
        rows, place = np.unique(ids.ravel(), return_inverse=True)
        total = np.zeros((len(rows), self.table.shape[1]), dtype=self.table.dtype)
        np.add.at(total, place.ravel(), gradients.reshape(-1, self.table.shape[1]))
        self.squares[rows] += total**2
        self.table[rows] -= self.lr * total / np.sqrt(self.squares[rows])


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
        raise ValueError("batch_size is below 1")
    vocabulary = Vocabulary(sentences, min_count)
    if len(vocabulary) == 0:
        raise ValueError("sentences hold no word that is frequent enough")
    generator = np.random.default_rng(seed)
    model = SkipGram(len(vocabulary), dim, seed)
    inside, outside = (
        embedding.weight.detach().numpy().copy() for embedding in (model.in_embed, model.out_embed)
    )
    optimisers = _AdaGrad(inside, 8 * lr), _AdaGrad(outside, 8 * lr)
    keep = keep_probability(vocabulary.counts, t)
    noise = AliasSampler(negative_distribution(vocabulary.counts))
    encoded = [vocabulary.encode(sentence) for sentence in sentences]
    for _ in range(epochs):
        seeds = generator.integers(2**31, size=len(encoded)).tolist()
        thinned = [subsample(ids, keep, number) for ids, number in zip(encoded, seeds, strict=True)]
        pairs = np.concatenate([skipgram_pairs(ids, window).numpy() for ids in thinned])
        generator.shuffle(pairs)
        for begin in range(0, len(pairs), batch_size):
            center, context = pairs[begin : begin + batch_size].T
            others = noise.sample((len(center), negatives), int(generator.integers(2**31))).numpy()
            d_in, d_out, d_others = gradient_arrays(inside[center], outside[context], outside[others])
            optimisers[0].step(center, d_in)
            optimisers[1].step(
                np.concatenate([context, others.ravel()]),
                np.concatenate([d_out, d_others.reshape(-1, dim)]),
            )
    return vocabulary.tokens, torch.from_numpy(inside)

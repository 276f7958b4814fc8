from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from .corpus import Vocabulary, keep_probability, skipgram_pairs, subsample
from .sampling import AliasSampler, negative_distribution


@dataclass
class _Batch:
    center: torch.Tensor
    context: torch.Tensor
    negatives: torch.Tensor

    def __post_init__(self):
        if self.center.numel() == 0:
            raise ValueError("center")
        if self.center.shape != self.context.shape:
            raise ValueError("context")
        if self.negatives.shape[0] != len(self.center) or self.negatives.shape[2] != self.center.shape[1]:
            raise ValueError("negatives")

    def scores(self):
        both = torch.cat([self.context[:, None], self.negatives], 1)
        return torch.matmul(both, self.center[..., None])[..., 0]

    def truth(self, like):
        truth = torch.zeros_like(like)
        truth[:, 0] = 1
        return truth


def sgns_loss(center, context, negatives):
    scores = (batch := _Batch(center, context, negatives)).scores()
    return F.binary_cross_entropy_with_logits(
        scores, batch.truth(scores), reduction="none"
    ).sum(1).mean()


def sgns_gradients(center, context, negatives):
    with torch.inference_mode():
        batch = _Batch(center, context, negatives)
        scores = batch.scores()
        error = (scores.sigmoid() - batch.truth(scores)) / len(center)
        both = torch.cat([context[:, None], negatives], 1)
        by_center = torch.bmm(error[:, None], both)[:, 0]
        by_both = torch.bmm(error[:, :, None], center[:, None])
    return by_center, by_both[:, 0], by_both[:, 1:]


class SkipGram(nn.Module):
    def __init__(self, vocab_size, dim, seed=0):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.in_embed = nn.Embedding(vocab_size, dim, sparse=True)
            self.in_embed.weight.data = (torch.rand(vocab_size, dim) * 2 - 1) * 0.5 / dim
        self.out_embed = nn.Embedding(vocab_size, dim, sparse=True)
        self.out_embed.weight.data.zero_()

    def forward(self, center, context, negatives):
        both = self.out_embed(torch.cat([context[:, None], negatives], 1))
        return sgns_loss(self.in_embed(center), both[:, 0], both[:, 1:])


def train(sentences, dim=50, window=5, negatives=5, epochs=5, lr=0.025, min_count=1, t=1e-3, batch_size=512, seed=0):
    vocabulary = Vocabulary(sentences, min_count=min_count)
    if not vocabulary.tokens:
        raise ValueError("sentences")
    keep = keep_probability(vocabulary.counts, t=t)
    sampler = AliasSampler(negative_distribution(vocabulary.counts))
    model = SkipGram(len(vocabulary), dim, seed=seed)
    optimizer = torch.optim.SparseAdam(list(model.parameters()), lr=lr)
    generator = torch.Generator().manual_seed(seed + 1)
    loader_seed = seed
    for _ in range(epochs):
        loader_seed += 1
        pairs = torch.cat([
            skipgram_pairs(subsample(vocabulary.encode(s), keep, loader_seed * 7919 + n), window)
            for n, s in enumerate(sentences)
        ])
        if not len(pairs):
            continue
        data = torch.utils.data.TensorDataset(pairs, sampler.sample((len(pairs), negatives), loader_seed))
        loader = torch.utils.data.DataLoader(data, batch_size, shuffle=True, generator=generator)
        for pair, noise in loader:
            optimizer.zero_grad()
            model(pair[:, 0], pair[:, 1], noise).backward()
            optimizer.step()
    return vocabulary.tokens, model.in_embed.weight.detach().contiguous()

import numpy as np
import torch
from torch import nn

from .corpus import Vocabulary, keep_probability
from .sampling import negative_distribution


def _scores(center, context, negatives):
    if len(center) == 0:
        raise ValueError("center: no pairs")
    if context.shape != center.shape:
        raise ValueError("context: other shape than center")
    if negatives.shape[:1] + negatives.shape[2:] != center.shape:
        raise ValueError("negatives: other shape than center")
    return torch.einsum("bd,bd->b", center, context), torch.einsum("bd,bkd->bk", center, negatives)


def sgns_loss(center, context, negatives):
    plus, minus = _scores(center, context, negatives)
    zero = plus.new_zeros(())
    # -ln s(x) = ln(1 + exp(-x)) = logaddexp(0, -x)
    return (torch.logaddexp(zero, -plus) + torch.logaddexp(zero, minus).sum(1)).mean()


@torch.no_grad()
def sgns_gradients(center, context, negatives):
    plus, minus = _scores(center, context, negatives)
    size = center.shape[0]
    a = ((plus.sigmoid() - 1) / size)[:, None]
    b = (minus.sigmoid() / size)[:, :, None]
    return a * context + torch.sum(b * negatives, 1), a * center, b * center[:, None]


class SkipGram(nn.Module):
    def __init__(self, vocab_size, dim, seed=0):
        super().__init__()
        drawn = np.random.default_rng(seed).uniform(-0.5 / dim, 0.5 / dim, (vocab_size, dim))
        self.in_embed = nn.Embedding(vocab_size, dim, _weight=torch.tensor(drawn).float())
        self.out_embed = nn.Embedding(vocab_size, dim, _weight=torch.zeros(vocab_size, dim))
        self.register_buffer("steps", torch.zeros(()))

    def forward(self, center, context, negatives):
        return sgns_loss(
            self.in_embed.weight[center],
            self.out_embed.weight[context],
            self.out_embed.weight[negatives],
        )


def train(
    sentences, dim=50, window=5, negatives=5, epochs=5, lr=0.025, min_count=1, t=1e-3,
    batch_size=512, seed=0,
):
    words = Vocabulary(sentences, min_count)
    if len(words) == 0:
        raise ValueError("sentences: nothing left to train on")
    keep = keep_probability(words.counts, t).numpy()
    noise = negative_distribution(words.counts)
    table = SkipGram(len(words), dim, seed)
    into, out = table.in_embed.weight.detach(), table.out_embed.weight.detach()
    draw, torch_draw = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    for epoch in range(epochs):
        pairs = []
        for sentence in sentences:
            ids = words.encode(sentence)
            ids = [i for i in ids if draw.random() < keep[i]]
            for i in range(len(ids)):
                reach = int(draw.integers(1, window + 1))
                pairs += [(ids[i], ids[j]) for j in range(max(0, i - reach), min(len(ids), i + reach + 1)) if j != i]
        if not pairs:
            continue
        pairs = torch.tensor(pairs)[torch.from_numpy(draw.permutation(len(pairs)))]
        for number, chunk in enumerate(pairs.split(batch_size)):
            done = (epoch + number * batch_size / len(pairs)) / epochs
            rate = 2 * lr * max(1 - done, 1e-2) * len(chunk)
            center, context = chunk.unbind(1)
            negative = torch.multinomial(
                noise, len(chunk) * negatives, replacement=True, generator=torch_draw
            ).view(-1, negatives)
            du, dv, dn = sgns_gradients(into[center], out[context], out[negative])
            into.index_add_(0, center, du, alpha=-rate)
            out.index_add_(0, context, dv, alpha=-rate)
            out.index_add_(0, negative.flatten(), dn.flatten(0, 1), alpha=-rate)
    return words.tokens, into

import torch
from torch import nn

from . import corpus, sampling


def softplus(x):
    return torch.clamp(x, min=0) + torch.log1p(torch.exp(-abs(x)))


def check(center, context, negatives):
    B, K = len(center), negatives.shape[1] if negatives.dim() == 3 else -1
    if B == 0:
        raise ValueError("center is empty")
    if tuple(context.shape) != tuple(center.shape):
        raise ValueError("context and center differ")
    if tuple(negatives.shape) != (B, K, center.shape[1]):
        raise ValueError("negatives and center differ")
    return B, K


def sgns_loss(center, context, negatives):
    B, K = check(center, context, negatives)
    total = torch.zeros((), dtype=center.dtype)
    for b in range(B):
        total = total + softplus(-torch.dot(center[b], context[b]))
        for k in range(K):
            total = total + softplus(torch.dot(center[b], negatives[b, k]))
    return total / B


def sgns_gradients(center, context, negatives):
    B, K = check(center, context, negatives)
    by_center, by_context = torch.zeros_like(center), torch.zeros_like(context)
    by_negatives = torch.zeros_like(negatives)
    with torch.no_grad():
        for b in range(B):
            g = (torch.sigmoid(torch.dot(center[b], context[b])) - 1) / B
            by_center[b] += g * context[b]
            by_context[b] += g * center[b]
            for k in range(K):
                g = torch.sigmoid(torch.dot(center[b], negatives[b, k])) / B
                by_center[b] += g * negatives[b, k]
                by_negatives[b, k] += g * center[b]
    return by_center, by_context, by_negatives


class SkipGram(nn.Module):
    def __init__(self, vocab_size, dim, seed=0):
        super().__init__()
        self.in_embed = nn.Embedding(vocab_size, dim)
        self.out_embed = nn.Embedding(vocab_size, dim)
        torch.manual_seed(seed)
        nn.init.uniform_(self.in_embed.weight, -0.5 / dim, 0.5 / dim)
        nn.init.zeros_(self.out_embed.weight)

    def forward(self, center, context, negatives):
        u, v, n = self.in_embed(center), self.out_embed(context), self.out_embed(negatives)
        positive = (u * v).sum(-1)
        negative = torch.matmul(n, u[:, :, None])[:, :, 0]
        return (softplus(-positive) + softplus(negative).sum(-1)).mean()


def train(
    sentences, dim=50, window=5, negatives=5, epochs=5, lr=0.025, min_count=1, t=1e-3,
    batch_size=512, seed=0,
):
    words = corpus.Vocabulary(sentences, min_count)
    if len(words) == 0:
        raise ValueError("no words in sentences")
    keep = corpus.keep_probability(words.counts, t)
    sampler = sampling.AliasSampler(sampling.negative_distribution(words.counts))
    model = SkipGram(len(words), dim, seed)
    optimizer = torch.optim.Adagrad(model.parameters(), lr=4 * lr)
    texts = [words.encode(sentence) for sentence in sentences]
    for epoch in range(epochs):
        every = []
        for number, text in enumerate(texts):
            kept = corpus.subsample(text, keep, seed * 1_000_003 + epoch * 10_007 + number)
            every += corpus.skipgram_pairs(kept, window).tolist()
        generator = torch.Generator()
        generator.manual_seed(seed + epoch)
        order = torch.randperm(len(every), generator=generator).tolist()
        for start in range(0, len(order), batch_size):
            chosen = torch.tensor([every[i] for i in order[start : start + batch_size]])
            noise = sampler.sample((len(chosen), negatives), seed + 31 * epoch + 7 * start)
            loss = model(chosen[:, 0], chosen[:, 1], noise)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return words.tokens, model.in_embed.weight.data.clone()

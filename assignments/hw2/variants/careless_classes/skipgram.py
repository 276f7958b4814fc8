import torch, torch.nn as nn, torch.nn.functional as F
from typing import NamedTuple
from . import corpus as C, sampling as S


class Gradients(NamedTuple):
    center: torch.Tensor
    context: torch.Tensor
    negatives: torch.Tensor


class SGNS:
    """one batch, in float64 whatever comes in"""
    def __init__(self, v, u, n):
        if v.dim() != 2: raise ValueError("center: shape")
        if len(v) == 0: raise ValueError("center: empty")
        if u.shape != v.shape: raise ValueError("context: shape")
        if n.dim() != 3 or n.size(0) != v.size(0) or n.size(2) != v.size(1): raise ValueError("negatives: shape")
        self.dtype = v.dtype
        self.v, self.u, self.n = v.double(), u.double(), n.double()
        self.B, self.K = n.shape[:2]

    @property
    def good(self): return torch.matmul(self.u.unsqueeze(1), self.v.unsqueeze(2)).view(self.B)
    @property
    def bad(self): return torch.matmul(self.n, self.v.unsqueeze(2)).view(self.B, self.K)

    def loss(self):
        l = F.binary_cross_entropy_with_logits(self.good, torch.ones_like(self.good), reduction="sum")
        l = l + F.binary_cross_entropy_with_logits(self.bad, torch.zeros_like(self.bad), reduction="sum")
        return (l / self.B).to(self.dtype)

    def gradients(self):
        g = (torch.sigmoid(self.good) - 1).view(-1, 1) / self.B
        b = torch.sigmoid(self.bad).view(self.B, self.K, 1) / self.B
        out = g * self.u + torch.sum(b * self.n, 1), g * self.v, b * self.v.view(self.B, 1, -1)
        return Gradients(*(x.to(self.dtype) for x in out))


def sgns_loss(center, context, negatives): return SGNS(center, context, negatives).loss()

def sgns_gradients(center, context, negatives):
    return SGNS(center.detach(), context.detach(), negatives.detach()).gradients()


class SkipGram(nn.Module):
    def __init__(self, vocab_size, dim, seed=0):
        super().__init__()
        old = torch.random.get_rng_state()
        torch.manual_seed(seed)
        self.in_embed = nn.Embedding(vocab_size, dim)
        self.out_embed = nn.Embedding(vocab_size, dim)
        self.in_embed.weight.data.uniform_(-.5 / dim, .5 / dim)
        self.out_embed.weight.data *= 0
        torch.random.set_rng_state(old)

    def forward(self, center, context, negatives):
        return sgns_loss(self.in_embed(center), self.out_embed(context), self.out_embed(negatives))


class Trainer:
    def __init__(self, sentences, dim, window, negatives, lr, min_count, t, seed):
        self.v = C.Vocabulary(sentences, min_count)
        if len(self.v) == 0: raise ValueError("sentences")
        self.data = [self.v.encode(s) for s in sentences]
        self.keep = C.keep_probability(self.v.counts, t)
        self.noise = S.AliasSampler(S.negative_distribution(self.v.counts))
        self.model = SkipGram(len(self.v), dim, seed)
        self.window, self.k, self.seed = window, negatives, seed * 1000003
        self.opt = torch.optim.NAdam(self.model.parameters(), lr=lr)

    def next_seed(self):
        self.seed += 1
        return self.seed % 2 ** 31

    def pairs(self):
        ps = [C.skipgram_pairs(C.subsample(ids, self.keep, self.next_seed()), self.window) for ids in self.data]
        ps = torch.cat(ps)
        return ps[torch.randperm(len(ps), generator=torch.Generator().manual_seed(self.next_seed()))]

    def epoch(self, size):
        total = 0.
        for b in self.pairs().split(size):
            if len(b) == 0: continue
            l = self.model(b[:, 0], b[:, 1], self.noise.sample((len(b), self.k), self.next_seed()))
            self.opt.zero_grad(); l.backward(); self.opt.step()
            total += l.item() * len(b)
        print("loss", total)


def train(sentences, dim=50, window=5, negatives=5, epochs=5, lr=0.025, min_count=1, t=1e-3, batch_size=512, seed=0):
    if batch_size < 1: raise ValueError("batch_size")
    tr = Trainer(sentences, dim, window, negatives, lr, min_count, t, seed)
    for _ in range(epochs): tr.epoch(batch_size)
    return tr.v.tokens, tr.model.in_embed.weight.detach()

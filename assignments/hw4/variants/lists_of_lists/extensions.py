"""A conditional random field and a convolutional text classifier, position by position."""

import torch
from torch import nn


def _shapes(emissions, transitions):
    if emissions.dim() != 2 or emissions.shape[0] == 0:
        raise ValueError("emissions must have the shape (T, S) with T at least 1")
    if tuple(transitions.shape) != (emissions.shape[1], emissions.shape[1]):
        raise ValueError("transitions must have the shape (S, S)")


def crf_log_partition(emissions, transitions):
    _shapes(emissions, transitions)
    S = emissions.shape[1]
    sums = [emissions[0, s] for s in range(S)]
    for t in range(1, len(emissions)):
        new = []
        for s in range(S):
            terms = torch.stack([sums[r] + transitions[r, s] for r in range(S)])
            new.append(torch.logsumexp(terms, dim=0) + emissions[t, s])
        sums = new
    return torch.logsumexp(torch.stack(sums), dim=0)


def crf_nll(emissions, transitions, tags):
    _shapes(emissions, transitions)
    tags = [int(tag) for tag in tags]
    if len(tags) != len(emissions):
        raise ValueError("tags and emissions differ in length")
    if not all(0 <= tag < emissions.shape[1] for tag in tags):
        raise ValueError("tags hold a state outside 0..S - 1")
    score = emissions[0, tags[0]]
    for t in range(1, len(tags)):
        score = score + transitions[tags[t - 1], tags[t]] + emissions[t, tags[t]]
    return crf_log_partition(emissions, transitions) - score


class TextCNN(nn.Module):
    def __init__(
        self, vocab, dim, kernels, filters, classes, pretrained=None, freeze=False, seed=0
    ):
        super().__init__()
        if pretrained is not None and tuple(pretrained.shape) != (vocab, dim):
            raise ValueError("pretrained must have the shape (vocab, dim)")
        self.kernels = list(kernels)
        if not self.kernels or min(self.kernels) < 1:
            raise ValueError("kernels must hold at least one width, none below 1")
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.embedding = nn.Embedding(vocab, dim)
            self.windows = nn.ModuleList(nn.Linear(k * dim, filters) for k in self.kernels)
            self.out = nn.Linear(filters * len(self.kernels), classes)
        if pretrained is not None:
            with torch.no_grad():
                self.embedding.weight.copy_(pretrained)
        self.embedding.weight.requires_grad_(not freeze)

    def forward(self, ids):
        if ids.shape[1] < max(self.kernels):
            raise ValueError("ids are shorter than the longest kernel")
        vectors = self.embedding(ids)
        pooled = []
        for k, window in zip(self.kernels, self.windows):
            steps = []
            for t in range(ids.shape[1] - k + 1):
                steps.append(torch.relu(window(vectors[:, t : t + k].flatten(1))))
            pooled.append(torch.stack(steps).max(dim=0).values)
        return self.out(torch.cat(pooled, dim=1))

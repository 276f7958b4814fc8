"""The partition function by halving: products of matrices in the log semiring."""

import torch
from torch import nn


def _product(left, right):
    return torch.logsumexp(left[:, :, None] + right[None, :, :], dim=1)


def _power(matrices):
    if len(matrices) == 1:
        return matrices[0]
    half = len(matrices) // 2
    return _product(_power(matrices[:half]), _power(matrices[half:]))


def _check(emissions, transitions):
    if emissions.ndim != 2 or len(emissions) == 0:
        raise ValueError("emissions is not (T, S)")
    if transitions.shape != (emissions.shape[1], emissions.shape[1]):
        raise ValueError("transitions is not (S, S)")


def crf_log_partition(emissions, transitions):
    _check(emissions, transitions)
    if len(emissions) == 1:
        return torch.logsumexp(emissions[0], dim=0)
    steps = [transitions + row for row in emissions[1:]]
    ends = torch.logsumexp(emissions[0][:, None] + _power(steps), dim=0)
    return torch.logsumexp(ends, dim=0)


def crf_nll(emissions, transitions, tags):
    _check(emissions, transitions)
    tags = torch.as_tensor(tags, dtype=torch.int64)
    if tags.shape != emissions.shape[:1]:
        raise ValueError("tags is not (T,)")
    if tags.min() < 0 or tags.max() >= emissions.shape[1]:
        raise ValueError("tags is out of range")
    score = emissions.gather(1, tags[:, None]).sum() + transitions[tags[:-1], tags[1:]].sum()
    return crf_log_partition(emissions, transitions) - score


class TextCNN(nn.Module):
    def __init__(self, vocab, dim, kernels, filters, classes, pretrained=None, freeze=False, seed=0):
        super().__init__()
        if not kernels or min(kernels) < 1:
            raise ValueError("kernels are no widths")
        if pretrained is not None:
            if pretrained.shape != (vocab, dim):
                raise ValueError("pretrained is not (vocab, dim)")
            pretrained = pretrained.detach().clone()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.embed = nn.Embedding(vocab, dim, _weight=pretrained, _freeze=freeze)
            self.convs = nn.ModuleList([nn.Conv1d(dim, filters, k) for k in kernels])
            self.classify = nn.Linear(filters * len(kernels), classes)

    def forward(self, ids):
        x = self.embed(ids).mT
        short = max(conv.kernel_size[0] for conv in self.convs) - x.shape[2]
        if short > 0:
            raise ValueError("ids are shorter than a kernel")
        return self.classify(torch.cat([conv(x).relu().amax(dim=2) for conv in self.convs], dim=1))

"""A CRF by log-matrix products; a text CNN out of slices, its table a buffer when it is frozen."""

import torch
from torch import nn


def crf_log_partition(emissions, transitions):
    if emissions.dim() != 2 or emissions.size(0) == 0:
        raise ValueError("emissions")
    if transitions.shape != (emissions.size(1),) * 2:
        raise ValueError("transitions")
    total = emissions[:1]  # (1, S)
    for row in emissions[1:]:
        step = transitions + row  # [from, to]
        total = torch.logsumexp(total.unsqueeze(2) + step.unsqueeze(0), dim=1)
    return torch.logsumexp(total, dim=1).squeeze(0)


def crf_nll(emissions, transitions, tags):
    z = crf_log_partition(emissions, transitions)
    path = tags.tolist()
    if len(path) != len(emissions) or any(not 0 <= t < emissions.size(1) for t in path):
        raise ValueError("tags")
    for n, t in enumerate(path):
        z = z - emissions[n, t]
        if n:
            z = z - transitions[path[n - 1], t]
    return z


class TextCNN(nn.Module):
    def __init__(self, vocab, dim, kernels, filters, classes, pretrained=None, freeze=False, seed=0):
        super().__init__()
        if len(kernels) == 0 or any(k < 1 for k in kernels):
            raise ValueError("kernels")
        if pretrained is not None and pretrained.shape != torch.Size([vocab, dim]):
            raise ValueError("pretrained")
        g = torch.Generator().manual_seed(seed)
        table = pretrained.clone() if pretrained is not None else torch.randn(vocab, dim, generator=g)
        if freeze:
            self.register_buffer("table", table)
        else:
            self.table = nn.Parameter(table)
        self.kernels = kernels
        scale = lambda *shape: nn.Parameter(torch.randn(*shape, generator=g) / shape[-1] ** 0.5)
        self.filters = nn.ParameterList([scale(filters, k * dim) for k in kernels])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(filters)) for _ in kernels])
        self.weight = scale(classes, filters * len(kernels))
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, ids):
        if ids.size(1) < max(self.kernels):
            raise ValueError("ids are too short")
        x, found = self.table[ids], []
        for k, w, b in zip(self.kernels, self.filters, self.biases):
            windows = torch.cat([x[:, i : x.size(1) - k + 1 + i] for i in range(k)], dim=2)
            found.append((windows @ w.T + b).clamp(min=0).max(dim=1).values)
        return torch.cat(found, 1) @ self.weight.T + self.bias

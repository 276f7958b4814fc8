"""CRF and text CNN in vector form."""

import torch
from torch import nn
from torch.nn import functional as F


def crf_log_partition(emissions, transitions):
    if emissions.dim() != 2 or emissions.numel() == 0:
        raise ValueError("emissions: expected (T, S)")
    S = emissions.shape[1]
    if tuple(transitions.shape) != (S, S):
        raise ValueError("transitions: expected (S, S)")
    alpha = emissions[0]
    for emission in emissions[1:]:
        alpha = (alpha[:, None] + transitions).logsumexp(dim=0) + emission
    return alpha.logsumexp(dim=0)


def crf_nll(emissions, transitions, tags):
    total = crf_log_partition(emissions, transitions)
    path = torch.as_tensor(tags, device=emissions.device).long()
    if path.dim() != 1 or len(path) != len(emissions):
        raise ValueError("tags: one for each row of emissions is needed")
    if bool(((path < 0) | (path >= emissions.shape[1])).any()):
        raise ValueError("tags: out of range")
    steps = torch.arange(len(path))
    return total - emissions[steps, path].sum() - transitions[path[:-1], path[1:]].sum()


class TextCNN(nn.Module):
    """ids (B, T) -> logits (B, classes)."""

    def __init__(self, vocab, dim, kernels, filters, classes, pretrained=None, freeze=False, seed=0):
        super().__init__()
        if not kernels or min(kernels) < 1:
            raise ValueError("kernels: at least one, none below 1")
        generator = torch.Generator().manual_seed(seed)

        def normal(*shape, std):
            return nn.Parameter(torch.randn(*shape, generator=generator) * std)

        table = torch.randn(vocab, dim, generator=generator)
        if pretrained is not None:
            if tuple(pretrained.shape) != (vocab, dim):
                raise ValueError("pretrained: expected (vocab, dim)")
            table = pretrained.detach().clone().to(torch.float32)
        self.table = nn.Parameter(table, requires_grad=not freeze)
        self.filters = nn.ParameterList(
            normal(k, dim, filters, std=(k * dim) ** -0.5) for k in kernels
        )
        self.biases = nn.ParameterList(nn.Parameter(torch.zeros(filters)) for _ in kernels)
        self.output = normal(len(kernels) * filters, classes, std=(len(kernels) * filters) ** -0.5)
        self.output_bias = nn.Parameter(torch.zeros(classes))

    def forward(self, ids):
        x = F.embedding(ids, self.table)
        pooled = []
        for weight, bias in zip(self.filters, self.biases, strict=True):
            if len(weight) > x.shape[1]:
                raise ValueError("ids: shorter than a kernel")
            windows = x.unfold(1, len(weight), 1)
            pooled.append(torch.einsum("btek,kef->btf", windows, weight).add(bias).amax(dim=1))
        return torch.cat(pooled, dim=1).relu() @ self.output + self.output_bias

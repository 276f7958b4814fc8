"""The noise distribution and the alias method, built by one sweep.

Hübschle-Schneider and Sanders (2022), "Parallel weighted random sampling": the heavy entry at
hand fills light ones until what is left of it is below 1, then the next heavy one fills it.
"""

import torch


def negative_distribution(counts, power=0.75):
    if power < 0:
        raise ValueError("power: must not be negative")
    counts = counts.double()
    if bool((counts < 0).any()):
        raise ValueError("counts: must not be negative")
    weights = torch.where(counts > 0, counts.pow(power), torch.zeros_like(counts))
    if not bool(weights.sum() > 0):
        raise ValueError("counts: at least one must be positive")
    return weights / weights.sum()


class AliasSampler:
    def __init__(self, probabilities):
        p = probabilities.double()
        if p.dim() != 1 or p.numel() == 0:
            raise ValueError("probabilities: expected (V,), not empty")
        if bool((p < 0).any()) or abs(p.sum().item() - 1) > 1e-6:
            raise ValueError("probabilities: must be a distribution")
        area = p / p.sum() * p.numel()
        self.threshold, self.alias = _sweep(area)

    def sample(self, shape, seed):
        generator = torch.Generator().manual_seed(seed)
        column = torch.randint(self.alias.numel(), shape, generator=generator)
        point = torch.rand(shape, generator=generator, dtype=torch.float64)
        return torch.where(point < self.threshold[column], column, self.alias[column])


def _sweep(area):
    light = (area < 1).nonzero().flatten().tolist()
    heavy = (area >= 1).nonzero().flatten().tolist()
    size = area.tolist()
    threshold, alias = [1.0] * len(size), list(range(len(size)))
    if not heavy:  # all are 1 but for rounding
        return torch.ones_like(area), torch.arange(len(size))
    at, left = 0, size[heavy[0]]
    waiting = iter(light)
    small = next(waiting, None)
    while True:
        if left >= 1 and small is not None:
            threshold[small], alias[small] = size[small], heavy[at]
            left += size[small] - 1
            small = next(waiting, None)
        elif at + 1 < len(heavy):
            if left < 1:
                threshold[heavy[at]], alias[heavy[at]] = left, heavy[at + 1]
                left += size[heavy[at + 1]] - 1
            else:
                left = size[heavy[at + 1]] + (left - 1)
            at += 1
        else:
            break
    while small is not None:  # the last heavy entry fell below 1 by rounding alone
        threshold[small], alias[small] = size[small], heavy[at]
        small = next(waiting, None)
    return torch.tensor(threshold, dtype=torch.float64), torch.tensor(alias, dtype=torch.int64)

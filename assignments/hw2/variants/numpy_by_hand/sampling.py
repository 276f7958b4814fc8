"""The alias table from sorted areas: the smallest is topped up by the largest that is left."""

from collections import deque

import numpy as np
import torch


def negative_distribution(counts, power=0.75):
    if power < 0:
        raise ValueError("power is negative")
    counts = counts.cpu().numpy().astype(np.float64)
    if counts.size == 0 or (counts < 0).any() or not counts.any():
        raise ValueError("counts need a positive number and none below 0")
    weights = np.zeros_like(counts)
    np.power(counts / counts.max(), power, out=weights, where=counts > 0)
    return torch.from_numpy(weights / weights.sum())


class AliasSampler:
    def __init__(self, probabilities):
        p = probabilities.detach().cpu().numpy().astype(np.float64)
        if p.ndim != 1 or p.size == 0:
            raise ValueError("probabilities are no vector (V,)")
        if (p < 0).any() or abs(p.sum() - 1) > 1e-6:
            raise ValueError("probabilities are no distribution")
        area = p / p.sum() * len(p)
        order = np.argsort(area, kind="stable")
        low, high = deque(order[area[order] < 1.0].tolist()), order[area[order] >= 1.0].tolist()
        threshold, alias = np.ones(len(p)), np.arange(len(p))
        while low and high:
            small = low.popleft()
            threshold[small], alias[small] = area[small], high[-1]
            area[high[-1]] -= 1.0 - area[small]
            if area[high[-1]] < 1.0:
                low.append(high.pop())
        empty = p == 0
        alias[empty & (threshold == 1.0)] = p.argmax()
        threshold[empty] = 0.0
        self.threshold, self.alias = torch.from_numpy(threshold), torch.from_numpy(alias)

    def sample(self, shape, seed):
        generator = np.random.default_rng(seed)
        threshold, alias = self.threshold.numpy(), self.alias.numpy()
        column = generator.integers(len(alias), size=shape)
        stays = generator.random(shape) < threshold[column]
        return torch.as_tensor(np.where(stays, column, alias[column]), dtype=torch.int64)

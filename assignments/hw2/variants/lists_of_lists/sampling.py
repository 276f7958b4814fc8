"""Walker's alias method with two stacks (Vose 1991)."""

import math
import random

import torch


def negative_distribution(counts, power=0.75):
    if power < 0:
        raise ValueError("power must not be negative")
    weights = []
    for count in counts.tolist():
        if count < 0:
            raise ValueError("counts must not be negative")
        weights.append(float(count) ** power if count > 0 else 0.0)
    total = math.fsum(weights)
    if total == 0:
        raise ValueError("counts must hold a word that occurs")
    return torch.tensor([weight / total for weight in weights], dtype=torch.float64)


class AliasSampler:
    def __init__(self, probabilities):
        p = torch.as_tensor(probabilities, dtype=torch.float64).tolist()
        if not p:
            raise ValueError("probabilities must not be empty")
        if min(p) < 0 or abs(math.fsum(p) - 1) > 1e-6:
            raise ValueError("probabilities must be at least 0 and sum to 1")
        V = len(p)
        total = math.fsum(p)
        area = [value * V / total for value in p]
        threshold = [1.0] * V
        alias = list(range(V))
        short = [i for i in range(V) if area[i] < 1]
        tall = [i for i in range(V) if area[i] >= 1]
        while short and tall:
            i, j = short.pop(), tall[-1]
            threshold[i], alias[i] = area[i], j
            area[j] -= 1 - area[i]
            if area[j] < 1:
                short.append(tall.pop())
        highest = p.index(max(p))
        for i in short:  # left over by rounding: full but for the rounding, or truly empty
            if p[i] == 0:
                threshold[i], alias[i] = 0.0, highest
        self._p, self._q = threshold, alias
        self.threshold = torch.tensor(threshold, dtype=torch.float64)
        self.alias = torch.tensor(alias, dtype=torch.int64)

    def sample(self, shape, seed):
        generator = random.Random(seed)
        drawn = []
        for _ in range(math.prod(shape)):
            number = generator.random() * len(self._p)
            i = int(number)
            drawn.append(i if number - i < self._p[i] else self._q[i])
        return torch.tensor(drawn, dtype=torch.int64).reshape(shape)

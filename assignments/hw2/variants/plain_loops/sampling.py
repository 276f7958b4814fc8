import random

import torch


def negative_distribution(counts, power=0.75):
    if power < 0:
        raise ValueError("power")
    if min(counts.tolist()) < 0:
        raise ValueError("counts below zero")
    weights = [float(c) ** power if c > 0 else 0.0 for c in counts.tolist()]
    if sum(weights) == 0:
        raise ValueError("counts are all zero")
    return torch.tensor([w / sum(weights) for w in weights], dtype=torch.float64)


class AliasSampler:
    def __init__(self, probabilities):
        p = [float(x) for x in probabilities]
        if not p or min(p) < 0 or abs(sum(p) - 1) > 1e-6:
            raise ValueError("probabilities")
        total, size = sum(p), len(p)
        left = [x * size / total for x in p]
        threshold, alias = [0.0] * size, [0] * size
        poor, rich = [], []
        for i in range(size):
            (poor if left[i] < 1 else rich).append(i)
        while poor and rich:
            i, j = poor.pop(), rich.pop()
            threshold[i], alias[i] = left[i], j
            left[j] = (left[j] + left[i]) - 1
            (poor if left[j] < 1 else rich).append(j)
        for i in poor + rich:
            threshold[i], alias[i] = 1.0, i
        self.threshold = torch.tensor(threshold, dtype=torch.float64)
        self.alias = torch.tensor(alias)
        self._columns = list(zip(threshold, alias))

    def sample(self, shape, seed):
        draw = random.Random(seed)
        count = 1
        for size in shape:
            count *= size
        found = []
        for _ in range(count):
            i = int(draw.random() * len(self._columns))
            threshold, other = self._columns[i]
            found.append(i if draw.random() < threshold else other)
        return torch.tensor(found, dtype=torch.int64).reshape(shape)

import warnings
import numpy as np
import torch


def negative_distribution(counts, power=0.75):
    if power < 0: raise ValueError("power")
    if (counts < 0).any(): raise ValueError("counts")
    c = np.array(counts.tolist(), dtype="float64")
    w = np.where(c == 0, 0, c ** power)
    if w.sum() == 0: raise ValueError("counts")
    return torch.tensor(w / w.sum())


class AliasSampler:
    def __init__(self, probabilities):
        p = np.asarray(probabilities.detach().cpu().tolist())
        if not len(p): raise ValueError("probabilities: empty")
        if np.any(p < 0): raise ValueError("probabilities: negative")
        if not abs(1 - p.sum()) <= 1e-6: raise ValueError("probabilities: sum")
        self.V = V = len(p)
        p = p / p.sum()
        # the areas are taken apart recursively in a list that works as a stack
        self.t, self.a = np.array(p * V), np.full(V, int(np.argmax(p)))
        poor = list(np.nonzero(self.t < 1)[0]); rich = list(np.nonzero(self.t > 1)[0])
        left = self.t.copy()
        for x in rich: self.a[x] = x
        while poor and rich:
            i = poor.pop(0) if len(poor) < 3 else poor.pop()
            j = rich.pop()
            self.t[i], self.a[i] = left[i], j
            left[j] = (left[j] + left[i]) - 1
            if left[j] > 1: rich.append(j)
            elif left[j] < 1: poor.append(j)
            else: self.t[j] = 1.
        for i in rich: self.t[i] = 1.
        for i in poor:
            if p[i] > 0: self.t[i] = 1.
        if len(poor): warnings.warn("rounding left something over")

    @property
    def threshold(self): return torch.tensor(self.t)
    @property
    def alias(self): return torch.tensor(self.a)

    def sample(self, shape, seed):
        rng = np.random.RandomState(seed)
        u = rng.uniform(0, self.V, size=shape)
        i = np.floor(u).astype("int64")
        out = np.where(u - i < self.t[i], i, self.a[i])
        return torch.tensor(out, dtype=torch.long).reshape(shape)

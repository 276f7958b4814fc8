from dataclasses import dataclass, field
from functools import lru_cache
import numpy as np, torch

from .semiring import logsumexp


def features(words, i, previous_tag):
    w = words[i]
    f = {"word": w, "previous tag": previous_tag, "last three": w[-3:], "capitalised": w[:1].isupper(),
         "has digit": any(c.isdigit() for c in w), "length": min(len(w), 4)}
    return [f"{k} = {v!r}" for k, v in f.items()]


@dataclass
class MEMM:
    tags: list
    l2: float = 0.0
    names: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.l2 < 0: raise ValueError("l2")
        self.tags = list(self.tags)
        if self.tags == []: raise ValueError("tags: none")
        self.W = np.zeros((0, len(self.tags)))

    def fit(self, sentences, epochs=20, lr=0.5, seed=0):
        X, y = [], []
        self.names = {}
        for s in sentences:
            words = [w for w, _ in s]
            for i, (_, t) in enumerate(s):
                if t not in self.tags: raise ValueError("sentences: unknown tag")
                fs = features(words, i, s[i - 1][1] if i else None)
                X.append([self.names.setdefault(f, len(self.names)) for f in fs])
                y.append(self.tags.index(t))
        if not X: raise ValueError("sentences")
        rows = torch.tensor(X)
        gold = torch.tensor(y)
        W = torch.zeros(len(self.names), len(self.tags), dtype=torch.float64, requires_grad=True)
        # second-order steps over all tokens; lr is the first trial of each line search
        opt = torch.optim.LBFGS([W], lr=lr, max_iter=5, line_search_fn="strong_wolfe")
        def closure():
            opt.zero_grad()
            loss = torch.nn.functional.cross_entropy(W[rows].sum(1), gold) + (self.l2 / 2 + 1e-6) * (W ** 2).sum()
            loss.backward()
            return loss
        for e in range(epochs):
            l = opt.step(closure)
            if e % 5 == 0: print("epoch", e, "loss", float(l))
        self.W = W.detach().numpy()
        return self

    def log_prob_next(self, words, i, previous_tag):
        if i < 0 or i >= len(words): raise ValueError("i")
        ids = [self.names[f] for f in features(words, i, previous_tag) if f in self.names]
        s = self.W[ids].sum(0) if ids else np.zeros(len(self.tags))
        return s - logsumexp(s, 0)

    def decode(self, words):
        if not len(words): raise ValueError("words: none")
        scores = np.array([[self.log_prob_next(words, i, t if i else None) for t in self.tags]
                           for i in range(len(words))])
        return [self.tags[s] for s in best_path(scores)[0]]


def checked(scores):
    a = np.array(scores, dtype=float)
    if a.ndim != 3 or not a.size or a.shape[1] != a.shape[2]: raise ValueError("scores")
    return a


def best_path(a):
    """top-down with memory: the best score of a path that ends in state j at step t"""
    T, S, _ = a.shape

    @lru_cache(maxsize=None)
    def best(t, j):
        if t == 0: return a[0, 0, j], None
        return max(((best(t - 1, i)[0] + a[t, i, j], -i) for i in range(S)))

    for t in range(T): best(t, 0)                      # so that the recursion stays shallow
    score, last = max((best(T - 1, j)[0], -j) for j in range(S))
    path = [-last]
    for t in range(T - 1, 0, -1):
        path.append(-best(t, path[-1])[1])
    return np.array(path[::-1], dtype="int64"), float(score)


def locally_normalised(scores):
    a = checked(scores)
    z = logsumexp(a, 2)[:, :, None]
    z[z == -np.inf] = 0
    return best_path(a - z)


def globally_normalised(scores):
    a = checked(scores)
    path, score = best_path(a)
    total = a[0, 0]
    for step in a[1:]: total = logsumexp(total[:, None] + step, 0)
    Z = logsumexp(total, 0)
    return path, float(score - Z) if Z > -np.inf else score

from typing import NamedTuple
import numpy as np


class Neighbour(NamedTuple):
    token: str
    cosine: float


class Space:
    def __init__(self, tokens, vectors):
        if vectors.dim() != 2 or vectors.size(0) != len(tokens): raise ValueError("vectors")
        self.tokens = list(tokens)
        v = vectors.detach().double().numpy().copy()
        with np.errstate(all="ignore"):
            v /= np.sqrt((v ** 2).sum(1))[:, None]
        v[~np.isfinite(v).all(1)] = 0
        self.m = dict(zip(self.tokens, v))

    def search(self, q, k, *without):
        if k < 1: raise ValueError("k")
        n = np.sqrt(q @ q)
        q = q / n if n else q
        found = sorted((Neighbour(w, float(x @ q)) for w, x in self.m.items() if w not in without),
                       key=lambda n: n.cosine, reverse=True)
        return found[:k]


def nearest(tokens, vectors, word, k):
    s = Space(tokens, vectors)
    return s.search(s.m[word], k, word)

def analogy(tokens, vectors, a, b, c, k=1):
    s = Space(tokens, vectors)
    return [n.token for n in s.search(s.m[b] - s.m[a] + s.m[c], k, a, b, c)]


def ranks(v):
    where = {}
    for r, x in enumerate(sorted(v), 1): where.setdefault(x, []).append(r)
    return [sum(where[x]) / len(where[x]) for x in v]

def spearman(x, y):
    if len(x) != len(y): raise ValueError("x, y: lengths")
    a, b = np.array(ranks(x)), np.array(ranks(y))
    if len(x) < 2 or a.std() == 0: raise ValueError("x: constant")
    if b.std() == 0: raise ValueError("y: constant")
    return float(np.mean((a - a.mean()) / a.std() * (b - b.mean()) / b.std()))

from collections import Counter
import numpy as np
import torch


def cooccurrence(sentences, tokens, window, weighting="flat"):
    if window < 1: raise ValueError("window")
    try: f = dict(flat=lambda d: 1., harmonic=lambda d: 1. / d)[weighting]
    except KeyError: raise ValueError("weighting")
    c = Counter()
    for s in sentences:
        for i, a in enumerate(s):
            for d in range(1, window + 1):
                if i + d < len(s): c[a, s[i + d], d] += 1
    X = np.zeros((len(tokens), len(tokens)))
    at = {w: i for i, w in enumerate(tokens)}
    for (a, b, d), n in c.items():
        if a in at and b in at:
            X[at[a], at[b]] += n * f(d)
            X[at[b], at[a]] += n * f(d)
    return torch.tensor(X)


def square(X):
    if X.dim() != 2 or X.size(0) != X.size(1): raise ValueError("X: not square")
    if (X < 0).any(): raise ValueError("X: negative")

def conditional(X):
    square(X)
    r = X / X.sum(1, keepdim=True)      # 0/0 is nan here
    return torch.nan_to_num(r, nan=0.0)

def glove_weight(x, x_max=100.0, alpha=0.75):
    if x_max <= 0: raise ValueError("x_max")
    if alpha < 0: raise ValueError("alpha")
    if (x < 0).any(): raise ValueError("x")
    w = (x.double() / x_max) ** alpha
    w[x >= x_max] = 1
    return w.to(x.dtype)

def glove_loss(W, Wc, b, bc, X):
    square(X)
    n = len(X)
    for name, p, shape in (("W", W, (n, W.size(-1))), ("Wc", Wc, tuple(W.shape)), ("b", b, (n,)), ("bc", bc, (n,))):
        if tuple(p.shape) != shape: raise ValueError(name)
    loss = torch.zeros((), dtype=W.dtype)
    for i in range(n):
        seen = X[i] > 0
        e = Wc[seen] @ W[i] + b[i] + bc[seen] - torch.log(X[i][seen])
        loss = loss + torch.sum(glove_weight(X[i][seen]) * e ** 2)
    return loss

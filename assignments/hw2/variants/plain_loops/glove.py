import math

import torch


def cooccurrence(sentences, tokens, window, weighting="flat"):
    if window < 1:
        raise ValueError("window")
    if weighting != "flat" and weighting != "harmonic":
        raise ValueError("weighting")
    V = len(tokens)
    cells = [[0.0] * V for _ in range(V)]
    for sentence in sentences:
        for p, a in enumerate(sentence):
            for q, b in enumerate(sentence):
                if p != q and abs(p - q) <= window and a in tokens and b in tokens:
                    add = 1.0
                    if weighting == "harmonic":
                        add = 1.0 / abs(p - q)
                    cells[tokens.index(a)][tokens.index(b)] += add
    return torch.tensor(cells, dtype=torch.float64).reshape(V, V)


def conditional(X):
    if X.dim() != 2 or X.size(0) != X.size(1):
        raise ValueError("X")
    rows = []
    for row in X:
        if min(row.tolist()) < 0:
            raise ValueError("X")
        rows.append(row / row.sum() if row.sum() > 0 else row * 0)
    return torch.stack(rows)


def glove_weight(x, x_max=100.0, alpha=0.75):
    if x_max <= 0:
        raise ValueError("x_max")
    result = []
    for entry in x.flatten().tolist():
        if entry < 0:
            raise ValueError("x")
        result.append(math.pow(entry / x_max, alpha) if entry < x_max else 1.0)
    return torch.tensor(result, dtype=x.dtype).reshape(x.shape)


def glove_loss(W, Wc, b, bc, X):
    V = W.size(0)
    for name, value, shape in (
        ("Wc", Wc, W.shape), ("b", b, (V,)), ("bc", bc, (V,)), ("X", X, (V, V)),
    ):
        if tuple(value.shape) != tuple(shape):
            raise ValueError(name)
    total = W.sum() * 0
    for i in range(V):
        for j in range(V):
            x = X[i, j].item()
            if x < 0:
                raise ValueError("X")
            if x > 0:
                error = (W[i] * Wc[j]).sum() + b[i] + bc[j] - math.log(x)
                total = total + min(1.0, (x / 100) ** 0.75) * error * error
    return total

"""Co-occurrence by walking over the positions, and GloVe's loss cell by cell."""

import math

import torch


def cooccurrence(sentences, tokens, window, weighting="flat"):
    if window < 1:
        raise ValueError("window must be at least 1")
    if weighting not in ("flat", "harmonic"):
        raise ValueError("weighting must be flat or harmonic")
    ids = {token: number for number, token in enumerate(tokens)}
    table = [[0.0] * len(tokens) for _ in tokens]
    for sentence in sentences:
        for p in range(len(sentence)):
            for q in range(max(0, p - window), min(len(sentence), p + window + 1)):
                if p != q and sentence[p] in ids and sentence[q] in ids:
                    weight = 1.0 if weighting == "flat" else 1 / abs(p - q)
                    table[ids[sentence[p]]][ids[sentence[q]]] += weight
    return torch.tensor(table, dtype=torch.float64).reshape(len(tokens), len(tokens))


def _square(X):
    if X.dim() != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X must have the shape (V, V)")


def conditional(X):
    _square(X)
    if (X < 0).any():
        raise ValueError("X must not be negative")
    rows = []
    for row in X.tolist():
        total = math.fsum(row)
        rows.append([value / total if total else 0.0 for value in row])
    return torch.tensor(rows, dtype=X.dtype, device=X.device).reshape(X.shape)


def glove_weight(x, x_max=100.0, alpha=0.75):
    if x_max <= 0:
        raise ValueError("x_max must be positive")
    if alpha < 0:
        raise ValueError("alpha must not be negative")
    weights = []
    for value in x.flatten().tolist():
        if value < 0:
            raise ValueError("x must not be negative")
        weights.append((value / x_max) ** alpha if value < x_max else 1.0)
    return torch.tensor(weights, dtype=x.dtype, device=x.device).reshape(x.shape)


def glove_loss(W, Wc, b, bc, X):
    _square(X)
    V = len(X)
    if W.dim() != 2 or len(W) != V:
        raise ValueError("W must have the shape (V, d) with the V of X")
    if Wc.shape != W.shape:
        raise ValueError("Wc must have the shape of W")
    for name, bias in (("b", b), ("bc", bc)):
        if tuple(bias.shape) != (V,):
            raise ValueError(f"{name} must have the shape (V,)")
    weights = glove_weight(X).tolist()
    counts = X.tolist()
    total = (W * 0).sum() + (Wc * 0).sum() + (b * 0).sum() + (bc * 0).sum()
    for i in range(V):
        for j in range(V):
            if counts[i][j] > 0:
                error = torch.dot(W[i], Wc[j]) + b[i] + bc[j] - math.log(counts[i][j])
                total = total + weights[i][j] * error * error
    return total

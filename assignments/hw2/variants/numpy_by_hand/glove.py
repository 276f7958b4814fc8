"""Co-occurrence by shifted copies of the ids, GloVe in matrix form."""

import numpy as np
import torch


def cooccurrence(sentences, tokens, window, weighting="flat"):
    if window < 1:
        raise ValueError("window is below 1")
    if weighting not in {"flat", "harmonic"}:
        raise ValueError("weighting is neither flat nor harmonic")
    index = {token: number for number, token in enumerate(tokens)}
    V = len(tokens)
    X = np.zeros((V + 1, V + 1))  # the last row and column take the words that do not count
    for sentence in sentences:
        row = np.array([index.get(token, V) for token in sentence], dtype=np.int64)
        for distance in range(1, min(window, len(row) - 1) + 1):
            weight = 1.0 if weighting == "flat" else 1.0 / distance
            np.add.at(X, (row[:-distance], row[distance:]), weight)
    X = X[:V, :V]
    return torch.from_numpy(X + X.T)


def conditional(X):
    if X.ndim != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X is not square")
    if (X < 0).any():
        raise ValueError("X is negative")
    total = X.sum(dim=1, keepdim=True)
    return X / torch.where(total == 0, 1, total)


def glove_weight(x, x_max=100.0, alpha=0.75):
    if x_max <= 0:
        raise ValueError("x_max is not positive")
    if alpha < 0:
        raise ValueError("alpha is negative")
    if (x < 0).any():
        raise ValueError("x is negative")
    values = x.detach().cpu().numpy()
    return torch.from_numpy(np.asarray(np.minimum(values / x_max, 1.0) ** alpha)).to(x)


def glove_loss(W, Wc, b, bc, X):
    if X.ndim != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X is not square")
    if W.ndim != 2 or len(W) != len(X):
        raise ValueError("W is not (V, d)")
    if Wc.shape != W.shape:
        raise ValueError("Wc is not (V, d)")
    if b.shape != X.shape[:1]:
        raise ValueError("b is not (V,)")
    if bc.shape != X.shape[:1]:
        raise ValueError("bc is not (V,)")
    if (X < 0).any():
        raise ValueError("X is negative somewhere")
    i, j = np.nonzero(X.detach().cpu().numpy() > 0)
    x = X.detach()[i, j]
    error = (W[i] * Wc[j]).sum(dim=1) + b[i] + bc[j] - torch.log(x)
    return (glove_weight(x) * error**2).sum()

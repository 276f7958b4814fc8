"""Co-occurrence from one-hot matrices and GloVe in full matrices."""

import torch
from torch.nn.functional import one_hot


def cooccurrence(sentences, tokens, window, weighting="flat"):
    if window < 1:
        raise ValueError("window: must be at least 1")
    if weighting not in {"flat", "harmonic"}:
        raise ValueError("weighting: expected flat or harmonic")
    V = len(tokens)
    ids = {token: i for i, token in enumerate(tokens)}
    X = torch.zeros(V, V, dtype=torch.float64)
    for sentence in sentences:
        row = torch.tensor([ids.get(token, V) for token in sentence], dtype=torch.int64)
        words = one_hot(row, V + 1)[:, :V].double()
        here = torch.arange(len(row))
        distance = (here[:, None] - here).abs()
        near = ((distance > 0) & (distance <= window)).double()
        if weighting == "harmonic":
            near = near / distance.clamp(min=1)
        X += words.T @ near @ words
    return X


def _square(X):
    if X.dim() != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X: expected (V, V)")


def conditional(X):
    _square(X)
    if bool((X < 0).any()):
        raise ValueError("X: must not be negative")
    return torch.nn.functional.normalize(X, p=1, dim=1, eps=torch.finfo(X.dtype).tiny)


def glove_weight(x, x_max=100.0, alpha=0.75):
    if not x_max > 0:
        raise ValueError("x_max: must be positive")
    if alpha < 0:
        raise ValueError("alpha: must not be negative")
    if bool((x < 0).any()):
        raise ValueError("x: must not be negative")
    return torch.where(x < x_max, (x / x_max).pow(alpha), torch.ones_like(x))


def glove_loss(W, Wc, b, bc, X):
    _square(X)
    V = X.shape[0]
    if W.dim() != 2 or W.shape[0] != V:
        raise ValueError("W: expected (V, d)")
    if Wc.shape != W.shape:
        raise ValueError("Wc: expected (V, d)")
    if tuple(b.shape) != (V,):
        raise ValueError("b: expected (V,)")
    if tuple(bc.shape) != (V,):
        raise ValueError("bc: expected (V,)")
    X = X.detach()
    seen = X > 0
    logs = torch.where(seen, X, torch.ones_like(X)).log()
    error = W @ Wc.T + b.unsqueeze(1) + bc.unsqueeze(0) - logs
    return (glove_weight(X) * seen * error.square()).sum()

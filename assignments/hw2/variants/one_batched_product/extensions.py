"""One-hot rows, PPMI and LSA with tensors."""

import torch


def one_hot(ids, V):
    ids = torch.as_tensor(ids, dtype=torch.int64)
    if bool(((ids < 0) | (ids >= V)).any()):
        raise ValueError("ids: must lie in 0..V-1")
    return torch.zeros(len(ids), V).scatter_(1, ids.unsqueeze(1), 1.0)


def ppmi(X):
    if X.dim() != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X: expected (V, V)")
    if bool((X < 0).any()):
        raise ValueError("X: must not be negative")
    logs = X.log()
    pmi = logs + X.sum().log() - X.sum(dim=1, keepdim=True).log() - X.sum(dim=0).log()
    return pmi.masked_fill(X == 0, 0.0).clamp(min=0)


def lsa(X, k):
    if X.dim() != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X: expected a square matrix")
    if not 0 < k <= min(X.shape):
        raise ValueError("k: must lie in 1..V")
    # The left singular vectors are the eigenvectors of X X^T.
    values, vectors = torch.linalg.eigh(X @ X.T)
    values, vectors = values.flip(0)[:k], vectors.flip(1)[:, :k]
    return vectors * values.clamp(min=0).sqrt()

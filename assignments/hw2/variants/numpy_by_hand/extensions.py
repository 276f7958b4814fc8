"""One-hot rows, PPMI and LSA by NumPy."""

import numpy as np
import torch


def one_hot(ids, V):
    ids = np.asarray(ids, dtype=np.int64)
    if ids.size and (ids.min() < 0 or ids.max() >= V):
        raise ValueError("ids are outside 0..V - 1")
    return torch.from_numpy(np.eye(V, dtype=np.float32)[ids])


def ppmi(X):
    if X.ndim != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X is not square")
    if (X < 0).any():
        raise ValueError("X is negative")
    counts = X.detach().cpu().numpy().astype(np.float64)
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True)
    ratio = np.ones_like(counts)
    np.divide(counts * counts.sum(), expected, out=ratio, where=counts > 0)
    return torch.from_numpy(np.log(np.maximum(ratio, 1.0))).to(X)


def lsa(X, k):
    if X.ndim != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X is no square matrix")
    if k < 1 or k > min(X.shape):
        raise ValueError("k is outside 1..V")
    U, S, _ = np.linalg.svd(X.detach().cpu().numpy(), full_matrices=False)
    return torch.from_numpy(U[:, :k] * S[:k])

"""One-hot rows, positive pointwise mutual information, latent semantic analysis."""

import math

import torch


def one_hot(ids, V):
    rows = []
    for number in torch.as_tensor(ids).tolist():
        if not 0 <= number < V:
            raise ValueError("ids must lie in 0..V - 1")
        rows.append([1.0 if column == number else 0.0 for column in range(V)])
    return torch.tensor(rows).reshape(-1, V)


def ppmi(X):
    if X.dim() != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X must have the shape (V, V)")
    if (X < 0).any():
        raise ValueError("X must not be negative")
    table = X.tolist()
    rows = [math.fsum(row) for row in table]
    columns = [math.fsum(column) for column in zip(*table)]
    total = math.fsum(rows)
    result = []
    for row, row_sum in zip(table, rows):
        line = []
        for value, column_sum in zip(row, columns):
            ratio = value * total / (row_sum * column_sum) if value > 0 else 1.0
            line.append(max(0.0, math.log(ratio)))
        result.append(line)
    return torch.tensor(result, dtype=X.dtype, device=X.device).reshape(X.shape)


def lsa(X, k):
    if X.dim() != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X must be a square matrix")
    if not 1 <= k <= min(X.shape):
        raise ValueError("k must lie in 1..V")
    U, S, _ = torch.linalg.svd(X, full_matrices=False)
    return torch.stack([U[:, i] * S[i] for i in range(k)], dim=1)

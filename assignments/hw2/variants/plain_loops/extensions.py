import math

import torch


def one_hot(ids, V):
    rows = torch.zeros(len(ids), V)
    for n, i in enumerate(ids.tolist()):
        if i < 0 or i >= V:
            raise ValueError("ids")
        rows[n, i] = 1
    return rows


def ppmi(X):
    cells = X.tolist()
    V = len(cells)
    if any(len(row) != V for row in cells) or min(map(min, cells)) < 0:
        raise ValueError("X")
    total = sum(map(sum, cells))
    rows, columns = [sum(row) for row in cells], [sum(column) for column in zip(*cells)]
    out = [[0.0] * V for _ in range(V)]
    for i in range(V):
        for j in range(V):
            if cells[i][j] > 0:
                pmi = math.log(cells[i][j]) + math.log(total) - math.log(rows[i]) - math.log(columns[j])
                out[i][j] = max(pmi, 0.0)
    return torch.tensor(out, dtype=X.dtype)


def lsa(X, k):
    if any(len(row) != len(X) for row in X):
        raise ValueError("X")
    if k < 1 or k > len(X):
        raise ValueError("k")
    # the eigenvectors of X X^T, of its largest eigenvalues
    values, vectors = torch.linalg.eigh(X @ X.T)
    values, vectors = values.flip(0)[:k], vectors.flip(1)[:, :k]
    return vectors * values.clamp(min=0).sqrt()

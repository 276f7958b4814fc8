"""Bonus: the embedding layer as a product, and vectors by counting alone.

PPMI with a truncated singular value decomposition is the classical method (Church & Hanks 1990;
Deerwester et al. 1990). Skip-gram with K negatives fits u.v to PMI - ln K (Levy & Goldberg 2014).
"""

from __future__ import annotations

import torch
from torch import Tensor


def one_hot(ids: Tensor, V: int) -> Tensor:
    """float32 (N, V): row n is 1 in column ids[n] and 0 elsewhere, for ids (N,) int64. So the product
    with a table (V, d) looks up rows. Raises ValueError naming ids out of range.
    """
    ### BEGIN SOLUTION
    if ((ids < 0) | (ids >= V)).any():
        raise ValueError(f"ids must lie between 0 and {V - 1}")
    return (ids.unsqueeze(1) == torch.arange(V, device=ids.device)).to(torch.float32)
    ### END SOLUTION


def ppmi(X: Tensor) -> Tensor:
    """(V, V): positive pointwise mutual information of the co-occurrences X,

        max(0, ln (P(i, j) / (P(i) P(j)))),   P from the sums of rows and of columns of X

    and 0 where X is 0. Raises ValueError naming X that is not square or contains a negative number.
    """
    ### BEGIN SOLUTION
    if X.ndim != 2 or X.shape[0] != X.shape[1] or (X < 0).any():
        raise ValueError("X must be square, without a negative entry")
    chance = X.sum(dim=1, keepdim=True) * X.sum(dim=0, keepdim=True)  # (V, 1) x (1, V) -> (V, V)
    # a ratio of 1 where nothing was counted: ln 1 is 0
    ratio = torch.where(X > 0, X * X.sum() / torch.where(X > 0, chance, 1), 1)
    return ratio.log().clamp(min=0)
    ### END SOLUTION


def lsa(X: Tensor, k: int) -> Tensor:
    """(V, k): the k first left singular vectors of X (V, V), each times its singular value. If k is
    the rank of X, products of rows are those of X: lsa(X, k) @ lsa(X, k).T == X @ X.T.

    A column may have either sign. Raises ValueError naming X that is not square, or k outside 1..V.
    """
    ### BEGIN SOLUTION
    if X.ndim != 2 or X.shape[0] != X.shape[1]:
        raise ValueError("X must be square")
    if not 1 <= k <= len(X):
        raise ValueError(f"k must lie between 1 and {len(X)}")
    left, values, _ = torch.linalg.svd(X)  # (V, V), (V,) falling, (V, V)
    return left[:, :k] * values[:k]  # (V, k) x (k,) -> (V, k)
    ### END SOLUTION

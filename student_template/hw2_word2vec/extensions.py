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
    # YOUR CODE HERE
    raise NotImplementedError()


def ppmi(X: Tensor) -> Tensor:
    """(V, V): positive pointwise mutual information of the co-occurrences X,

        max(0, ln (P(i, j) / (P(i) P(j)))),   P from the sums of rows and of columns of X

    and 0 where X is 0. Raises ValueError naming X that is not square or contains a negative number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def lsa(X: Tensor, k: int) -> Tensor:
    """(V, k): the k first left singular vectors of X (V, V), each times its singular value. If k is
    the rank of X, products of rows are those of X: lsa(X, k) @ lsa(X, k).T == X @ X.T.

    A column may have either sign. Raises ValueError naming X that is not square, or k outside 1..V.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

"""Against overfitting and exploding gradients: dropout, clipping, penalties.

Dropout: Srivastava et al. (2014), here in its inverted form, which scales while training, so that
nothing is left to do at test time. Clipping by the norm: Pascanu, Mikolov & Bengio (2013).
"""

from __future__ import annotations

import torch
from torch import Tensor


def dropout(x: Tensor, p: float, training: bool, seed: int) -> Tensor:
    """Set each entry to 0 with probability p, independently, and divide the others by 1 - p.

    x of any shape; the result has its shape, dtype and device and is differentiable with respect to
    x. The same seed drops the same entries. If training is False, x is returned unchanged; p = 1
    gives zeros.

    Raises ValueError naming p if it is not in [0, 1].
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def clip_gradients(grads: list[Tensor], max_norm: float) -> tuple[list[Tensor], float]:
    """Scale all gradients by one factor, so that their common L2 norm is at most max_norm.

    Returns new tensors and the norm before clipping, as a Python float. Gradients within the bound
    keep their values. The norm of no gradients is 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def l1_penalty(params: list[Tensor]) -> Tensor:
    """The sum of |w| over all entries of all params: (), differentiable."""
    # YOUR CODE HERE
    raise NotImplementedError()


def l2_penalty(params: list[Tensor]) -> Tensor:
    """The sum of w^2 over all entries of all params, without a factor 1/2: (), differentiable."""
    # YOUR CODE HERE
    raise NotImplementedError()

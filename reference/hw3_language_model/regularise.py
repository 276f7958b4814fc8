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
    ### BEGIN SOLUTION
    if not 0 <= p <= 1:
        raise ValueError("p must lie between 0 and 1")
    if not training:
        return x
    generator = torch.Generator(x.device).manual_seed(seed)
    kept = torch.rand(x.shape, generator=generator, device=x.device) >= p
    # p = 1 keeps nothing: whatever the factor is, it must not be 0 / 0
    return x * kept / (1 - p if p < 1 else 1)
    ### END SOLUTION


def clip_gradients(grads: list[Tensor], max_norm: float) -> tuple[list[Tensor], float]:
    """Scale all gradients by one factor, so that their common L2 norm is at most max_norm.

    Returns new tensors and the norm before clipping, as a Python float. Gradients within the bound
    keep their values. The norm of no gradients is 0.
    """
    ### BEGIN SOLUTION
    norm = sum(float((grad.double() ** 2).sum()) for grad in grads) ** 0.5
    scale = max_norm / norm if norm > max_norm else 1.0
    return [grad * scale for grad in grads], norm
    ### END SOLUTION


def l1_penalty(params: list[Tensor]) -> Tensor:
    """The sum of |w| over all entries of all params: (), differentiable."""
    ### BEGIN SOLUTION
    return torch.stack([param.abs().sum() for param in params]).sum()
    ### END SOLUTION


def l2_penalty(params: list[Tensor]) -> Tensor:
    """The sum of w^2 over all entries of all params, without a factor 1/2: (), differentiable."""
    ### BEGIN SOLUTION
    return torch.stack([(param**2).sum() for param in params]).sum()
    ### END SOLUTION

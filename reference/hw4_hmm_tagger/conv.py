"""Convolution over a sentence: the parallel way to look at neighbours.

An HMM reads words one after another; a convolution looks at every window of K words at once, with
the same weights everywhere. LeCun et al. (1989); Kim (2014) for sentences; Yu & Koltun (2016) for
dilation.

Shapes:

    B  sentences        T  words        E  numbers of a word        F  filters        K  window
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def conv_output_size(
    n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """The number of positions: floor((n + 2 padding - dilation (kernel - 1) - 1) / stride) + 1."""
    ### BEGIN SOLUTION
    return (n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    ### END SOLUTION


def conv_parameters(
    in_channels: int, out_channels: int, kernel: tuple[int, ...], bias: bool = True
) -> int:
    """The number of parameters: one weight per pair of channels and position of the kernel, and one
    bias per output channel.
    """
    ### BEGIN SOLUTION
    return out_channels * (in_channels * math.prod(kernel) + bias)
    ### END SOLUTION


def receptive_field(kernels: list[int], dilations: list[int]) -> int:
    """How many words one output depends on after these layers, all of stride 1; 1 without any
    layer.

    Raises ValueError naming kernels or dilations if they are not of the same length.
    """
    ### BEGIN SOLUTION
    if len(kernels) != len(dilations):
        raise ValueError("kernels and dilations must have the same length")
    return 1 + sum((k - 1) * d for k, d in zip(kernels, dilations, strict=True))
    ### END SOLUTION


def conv1d(x: Tensor, weight: Tensor, bias: Tensor, dilation: int = 1) -> Tensor:
    """(B, T', F) with T' = T - dilation (K - 1), without padding:

        y[b, t, f] = bias[f] + sum over k, e of weight[f, k, e] x[b, t + k dilation, e]

    x (B, T, E), weight (F, K, E), bias (F,). Differentiable.
    Raises ValueError naming x, weight or bias if their sizes do not agree, x or weight if T' is
    below 1.
    """
    ### BEGIN SOLUTION
    filters, width, size = weight.shape
    length = x.shape[1] - dilation * (width - 1)  # T'
    if x.shape[2] != size or bias.shape != (filters,):
        raise ValueError("x, weight and bias must agree in E and F")
    if length < 1:
        raise ValueError("x must be at least as long as the window of weight")
    starts = [k * dilation for k in range(width)]
    windows = torch.stack([x[:, s : s + length] for s in starts], dim=2)  # (B, T', K, E)
    return torch.einsum("btke,fke->btf", windows, weight) + bias
    ### END SOLUTION


def max_over_time(x: Tensor, lengths: Tensor | None = None) -> Tensor:
    """(B, F): the largest value of each filter in x (B, T, F), over the first lengths[b] positions.

    Raises ValueError naming x (T = 0) or lengths (not (B,), or out of 1 ... T).
    """
    ### BEGIN SOLUTION
    if x.shape[1] == 0:
        raise ValueError("x must hold at least one position")
    if lengths is not None:
        if lengths.shape != x.shape[:1] or bool(((lengths < 1) | (lengths > x.shape[1])).any()):
            raise ValueError("lengths must be (B,), each between 1 and the positions of x")
        behind = torch.arange(x.shape[1], device=x.device) >= lengths.to(x.device)[:, None]  # (B, T)
        x = x.masked_fill(behind[:, :, None], -math.inf)
    return x.amax(dim=1)
    ### END SOLUTION

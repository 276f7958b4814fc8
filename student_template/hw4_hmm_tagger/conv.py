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
    # YOUR CODE HERE
    raise NotImplementedError()


def conv_parameters(
    in_channels: int, out_channels: int, kernel: tuple[int, ...], bias: bool = True
) -> int:
    """The number of parameters: one weight per pair of channels and position of the kernel, and one
    bias per output channel.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def receptive_field(kernels: list[int], dilations: list[int]) -> int:
    """How many words one output depends on after these layers, all of stride 1; 1 without any
    layer.

    Raises ValueError naming kernels or dilations if they are not of the same length.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def conv1d(x: Tensor, weight: Tensor, bias: Tensor, dilation: int = 1) -> Tensor:
    """(B, T', F) with T' = T - dilation (K - 1), without padding:

        y[b, t, f] = bias[f] + sum over k, e of weight[f, k, e] x[b, t + k dilation, e]

    x (B, T, E), weight (F, K, E), bias (F,). Differentiable.
    Raises ValueError naming x, weight or bias if their sizes do not agree, x or weight if T' is
    below 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def max_over_time(x: Tensor, lengths: Tensor | None = None) -> Tensor:
    """(B, F): the largest value of each filter in x (B, T, F), over the first lengths[b] positions.

    Raises ValueError naming x (T = 0) or lengths (not (B,), or out of 1 ... T).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

"""Convolution of NumPy windows."""

from math import prod

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view


def conv_output_size(n, kernel, stride=1, padding=0, dilation=1):
    for name, value in (("kernel", kernel), ("stride", stride), ("dilation", dilation)):
        if value < 1:
            raise ValueError(f"{name} is below 1")
    if padding < 0:
        raise ValueError("padding is negative")
    free = n + 2 * padding - dilation * (kernel - 1) - 1
    if free < 0:
        raise ValueError("kernel does not fit into n")
    return free // stride + 1


def conv_parameters(in_channels, out_channels, kernel, bias=True):
    if in_channels < 1:
        raise ValueError("in_channels is below 1")
    return prod(kernel, start=in_channels * out_channels) + bool(bias) * out_channels


def receptive_field(kernels, dilations):
    if len(kernels) != len(dilations):
        raise ValueError("kernels and dilations must be of one length")
    return int(1 + np.dot(np.subtract(kernels, 1), dilations))


class _Convolution(torch.autograd.Function):
    """x (B, T, E) * weight (F, K, E) with NumPy, and its derivative."""

    @staticmethod
    def forward(ctx, x, weight, bias, dilation):
        ctx.save_for_backward(x, weight)
        ctx.dilation = dilation
        return torch.from_numpy(_windows(x, weight, dilation) @ _rows(weight).T) + bias

    @staticmethod
    def backward(ctx, grad):
        x, weight = ctx.saved_tensors
        d_weight = np.einsum("btf,btk->fk", grad.numpy(), _windows(x, weight, ctx.dilation))
        d_weight = d_weight.reshape(len(weight), weight.shape[2], weight.shape[1])
        d_x = torch.zeros_like(x)
        for k in range(weight.shape[1]):
            d_x[:, k * ctx.dilation :][:, : grad.shape[1]] += grad @ weight[:, k]
        d_weight = torch.from_numpy(d_weight.transpose(0, 2, 1).copy())
        return d_x, d_weight, grad.sum(dim=(0, 1)), None


def _rows(weight):
    return weight.detach().numpy().transpose(0, 2, 1).reshape(len(weight), -1)


def _windows(x, weight, dilation):
    reach = dilation * (weight.shape[1] - 1) + 1
    windows = sliding_window_view(x.detach().numpy(), reach, axis=1)[..., ::dilation]
    return windows.reshape(*windows.shape[:2], -1)


def conv1d(x, weight, bias, dilation=1):
    if dilation < 1:
        raise ValueError("dilation is below 1")
    if x.ndim != 3:
        raise ValueError("x is not (B, T, E)")
    if weight.ndim != 3 or weight.shape[-1] != x.shape[-1]:
        raise ValueError("weight is not (F, K, E)")
    if tuple(bias.shape) != (len(weight),):
        raise ValueError("bias is not (F,)")
    if dilation * (weight.shape[1] - 1) >= x.shape[1]:
        raise ValueError("x is too short for the kernel")
    return _Convolution.apply(x.cpu(), weight.cpu(), bias.cpu(), dilation).to(x.device)


def max_over_time(x, lengths=None):
    if x.ndim != 3 or x.shape[1] < 1:
        raise ValueError("x is not (B, T, F)")
    if lengths is None:
        return x.amax(dim=1)
    if tuple(lengths.shape) != (len(x),) or bool(((lengths < 1) | (lengths > x.shape[1])).any()):
        raise ValueError("lengths are not (B,) from 1 to T")
    behind = torch.arange(x.shape[1], device=x.device) >= lengths[:, None]
    return x.masked_fill(behind[:, :, None], -torch.inf).amax(dim=1)

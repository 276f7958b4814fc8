"""Convolution as an einsum over unfolded windows."""

import math

import torch


def conv_output_size(n, kernel, stride=1, padding=0, dilation=1):
    if kernel < 1:
        raise ValueError("kernel: must be at least 1")
    if stride < 1:
        raise ValueError("stride: must be at least 1")
    if padding < 0:
        raise ValueError("padding: must not be negative")
    if dilation < 1:
        raise ValueError("dilation: must be at least 1")
    reach = dilation * (kernel - 1) + 1
    if n + 2 * padding < reach:
        raise ValueError(f"n: {n} with padding {padding} is shorter than {reach}")
    return (n + 2 * padding - reach) // stride + 1


def conv_parameters(in_channels, out_channels, kernel, bias=True):
    if in_channels < 1:
        raise ValueError("in_channels: must be at least 1")
    return (math.prod((in_channels, *kernel)) + int(bias)) * out_channels


def receptive_field(kernels, dilations):
    if len(kernels) != len(dilations):
        raise ValueError("dilations: one for each of the kernels is needed")
    return 1 + sum((kernel - 1) * dilation for kernel, dilation in zip(kernels, dilations, strict=True))


def conv1d(x, weight, bias, dilation=1):
    if dilation < 1:
        raise ValueError("dilation: must be at least 1")
    if x.dim() != 3:
        raise ValueError("x: expected (B, T, E)")
    if weight.dim() != 3 or weight.shape[2] != x.shape[2]:
        raise ValueError("weight: expected (F, K, E)")
    if bias.dim() != 1 or len(bias) != len(weight):
        raise ValueError("bias: expected (F,)")
    reach = dilation * (weight.shape[1] - 1) + 1
    if reach > x.shape[1]:
        raise ValueError("x: shorter than one window")
    windows = x.unfold(1, reach, 1)[..., ::dilation]  # (B, T', E, K)
    return torch.einsum("btek,fke->btf", windows, weight) + bias


def max_over_time(x, lengths=None):
    if x.dim() != 3 or x.shape[1] == 0:
        raise ValueError("x: expected (B, T, F)")
    if lengths is not None:
        if lengths.shape != x.shape[:1]:
            raise ValueError("lengths: expected (B,)")
        if bool((lengths < 1).any() or (lengths > x.shape[1]).any()):
            raise ValueError("lengths: expected 1 to T")
        # The first step stands in for those behind the end: it takes part anyway.
        steps = torch.arange(x.shape[1], device=x.device).expand(x.shape[:2])
        steps = torch.where(steps < lengths[:, None], steps, torch.zeros_like(steps))
        x = x.gather(1, steps.unsqueeze(2).expand_as(x))
    return x.max(dim=1)[0]

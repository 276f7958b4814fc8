"""unfold and matrix products."""

import torch


def conv_output_size(n, kernel, stride=1, padding=0, dilation=1):
    if min(n, kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError("n, kernel, stride, dilation must be positive, padding not negative")
    places = len(range(0, n + 2 * padding - dilation * (kernel - 1), stride))
    if places == 0:
        raise ValueError("kernel larger than n")
    return places


def conv_parameters(in_channels, out_channels, kernel, bias=True):
    if in_channels < 1 or out_channels < 1 or any(k < 1 for k in kernel):
        raise ValueError("in_channels, out_channels, kernel must be positive")
    count = in_channels * out_channels
    for k in kernel:
        count *= k
    return count + out_channels if bias else count


def receptive_field(kernels, dilations):
    if len(kernels) != len(dilations):
        raise ValueError("kernels and dilations")
    field = 1
    for k, d in zip(kernels, dilations):
        if k < 1 or d < 1:
            raise ValueError("kernels and dilations must be positive")
        field += d * (k - 1)
    return field


def conv1d(x, weight, bias, dilation=1):
    F, K, E = weight.shape
    if x.dim() != 3 or x.size(2) != E:
        raise ValueError("x and weight do not agree")
    if bias.numel() != F:
        raise ValueError("bias and weight do not agree")
    span = dilation * (K - 1) + 1
    if dilation < 1 or x.size(1) < span:
        raise ValueError("x is shorter than weight's window, or dilation is below 1")
    windows = x.unfold(1, span, 1)[..., ::dilation]  # (B, T', E, K)
    flat = windows.permute(0, 1, 3, 2).reshape(x.size(0), -1, K * E)
    return torch.baddbmm(bias.expand(x.size(0), flat.size(1), F), flat, weight.reshape(F, K * E).T.expand(x.size(0), K * E, F))


def max_over_time(x, lengths=None):
    B, T, F = x.shape
    if T < 1:
        raise ValueError("x is empty")
    if lengths is None:
        lengths = torch.full((B,), T)
    if lengths.numel() != B:
        raise ValueError("lengths and x")
    if (lengths <= 0).any() or (lengths > T).any():
        raise ValueError("lengths")
    # the first position always counts, so it may stand for all that does not
    inside = (torch.arange(T) < lengths.unsqueeze(1)).unsqueeze(2)
    return torch.where(inside, x, x[:, :1]).max(dim=1).values

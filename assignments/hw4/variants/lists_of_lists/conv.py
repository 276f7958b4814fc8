"""Convolution written as the sum it is."""

import torch


def _positive(**numbers):
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1")


def conv_output_size(n, kernel, stride=1, padding=0, dilation=1):
    _positive(kernel=kernel, stride=stride, dilation=dilation)
    if padding < 0:
        raise ValueError("padding must not be negative")
    count = 0
    first = -padding
    while first + dilation * (kernel - 1) <= n - 1 + padding:
        count += 1
        first += stride
    if count == 0:
        raise ValueError("kernel is longer than n with its padding")
    return count


def conv_parameters(in_channels, out_channels, kernel, bias=True):
    _positive(in_channels=in_channels, out_channels=out_channels)
    weights = in_channels
    for size in kernel:
        weights *= size
    return out_channels * (weights + (1 if bias else 0))


def receptive_field(kernels, dilations):
    if len(kernels) != len(dilations):
        raise ValueError("kernels and dilations differ in length")
    field = 1
    for kernel, dilation in zip(kernels, dilations):
        _positive(kernels=kernel, dilations=dilation)
        field += (kernel - 1) * dilation
    return field


def conv1d(x, weight, bias, dilation=1):
    _positive(dilation=dilation)
    if x.dim() != 3:
        raise ValueError("x must have the shape (B, T, E)")
    if weight.dim() != 3 or weight.shape[2] != x.shape[2]:
        raise ValueError("weight must have the shape (F, K, E) with the E of x")
    if bias.shape != weight.shape[:1]:
        raise ValueError("bias must have the shape (F,)")
    K = weight.shape[1]
    T = x.shape[1] - dilation * (K - 1)
    if T < 1:
        raise ValueError("x is shorter than the window of weight")
    columns = []
    for f in range(weight.shape[0]):
        steps = []
        for t in range(T):
            total = bias[f] + 0 * x[:, 0, 0]
            for k in range(K):
                total = total + (x[:, t + dilation * k] * weight[f, k]).sum(dim=1)
            steps.append(total)
        columns.append(torch.stack(steps, dim=1))
    return torch.stack(columns, dim=2)


def max_over_time(x, lengths=None):
    if x.dim() != 3 or x.shape[1] == 0:
        raise ValueError("x must have the shape (B, T, F) with T at least 1")
    if lengths is None:
        return x.max(dim=1).values
    if tuple(lengths.shape) != (x.shape[0],):
        raise ValueError("lengths must have the shape (B,)")
    rows = []
    for sentence, length in zip(x, lengths.tolist()):
        if not 1 <= length <= x.shape[1]:
            raise ValueError("lengths must lie in 1..T")
        rows.append(sentence[:length].max(dim=0).values)
    return torch.stack(rows)

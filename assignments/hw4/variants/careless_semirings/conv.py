import numpy as np
import torch


class Window:
    def __init__(self, kernel, stride=1, padding=0, dilation=1):
        for name in ("kernel", "stride", "dilation"):
            if locals()[name] < 1: raise ValueError(name)
        if padding < 0: raise ValueError("padding")
        self.kernel, self.stride, self.padding, self.dilation = kernel, stride, padding, dilation

    @property
    def reach(self):
        return (self.kernel - 1) * self.dilation + 1

    def starts(self, n):
        return range(-self.padding, n + self.padding - self.reach + 1, self.stride)


def conv_output_size(n, kernel, stride=1, padding=0, dilation=1):
    out = len(Window(kernel, stride, padding, dilation).starts(n))
    if out == 0: raise ValueError("n is too small for this kernel")
    return out


def conv_parameters(in_channels, out_channels, kernel, bias=True):
    if in_channels < 1: raise ValueError("in_channels")
    return int(np.prod([in_channels, out_channels, *kernel])) + (out_channels if bias else 0)


def receptive_field(kernels, dilations):
    if len(kernels) != len(dilations): raise ValueError("dilations")
    return sum(Window(k, dilation=d).reach - 1 for k, d in zip(kernels, dilations)) + 1


def conv1d(x, weight, bias, dilation=1):
    if x.dim() != 3: raise ValueError("x")
    if weight.dim() != 3 or x.size(2) != weight.size(2): raise ValueError("weight")
    if bias.dim() != 1 or bias.size(0) != weight.size(0): raise ValueError("bias")
    w = Window(weight.size(1), dilation=dilation)
    starts = w.starts(x.size(1))
    if len(starts) == 0: raise ValueError("x too short")
    index = torch.tensor([[s + dilation * k for k in range(w.kernel)] for s in starts], device=x.device)
    return torch.tensordot(x[:, index], weight, dims=([2, 3], [1, 2])) + bias


def max_over_time(x, lengths=None):
    if x.dim() != 3 or x.size(1) == 0: raise ValueError("x")
    B, T, _ = x.shape
    ends = [T] * B if lengths is None else lengths.tolist()
    if len(ends) != B or any(not 1 <= e <= T for e in ends): raise ValueError("lengths")
    return torch.stack([torch.sort(row[:e], 0).values[-1] for row, e in zip(x, ends)])

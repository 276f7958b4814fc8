"""합성곱과 시간 축 최댓값."""

import functools
import operator

import torch


def _하나_이상(**값들):
    for 이름, 값 in 값들.items():
        if 값 < 1:
            raise ValueError(f"{이름} 값은 1 이상이어야 합니다")


def conv_output_size(n, kernel, stride=1, padding=0, dilation=1):
    _하나_이상(kernel=kernel, stride=stride, dilation=dilation)
    if padding < 0:
        raise ValueError("padding 값이 음수입니다")
    남는_자리 = n + 2 * padding - (dilation * (kernel - 1) + 1)
    if 남는_자리 < 0:
        raise ValueError("n 값이 kernel 창보다 작습니다")
    return 남는_자리 // stride + 1


def conv_parameters(in_channels, out_channels, kernel, bias=True):
    _하나_이상(in_channels=in_channels, out_channels=out_channels)
    넓이 = functools.reduce(operator.mul, kernel, 1)
    return out_channels * in_channels * 넓이 + (out_channels if bias else 0)


def receptive_field(kernels, dilations):
    if len(kernels) != len(dilations):
        raise ValueError("kernels 길이와 dilations 길이가 다릅니다")
    시야 = 1
    for 너비, 간격 in zip(kernels, dilations):
        시야 += 간격 * (너비 - 1)
    return 시야


def conv1d(x, weight, bias, dilation=1):
    _하나_이상(dilation=dilation)
    if x.ndim != 3:
        raise ValueError("x 모양은 (B, T, E)이어야 합니다")
    if weight.ndim != 3 or weight.shape[2] != x.shape[2]:
        raise ValueError("weight 모양은 (F, K, E)이어야 합니다")
    if bias.ndim != 1 or bias.shape[0] != weight.shape[0]:
        raise ValueError("bias 모양은 (F,)이어야 합니다")
    길이 = x.shape[1] - dilation * (weight.shape[1] - 1)
    if 길이 < 1:
        raise ValueError("x 길이가 weight 창보다 짧습니다")
    return bias + sum(
        x[:, dilation * 칸 : dilation * 칸 + 길이] @ weight[:, 칸].T for 칸 in range(weight.shape[1])
    )


def max_over_time(x, lengths=None):
    if x.ndim != 3 or x.shape[1] < 1:
        raise ValueError("x 모양은 (B, T, F)이어야 합니다")
    if lengths is None:
        return torch.max(x, 1)[0]
    if lengths.shape != (x.shape[0],):
        raise ValueError("lengths 모양은 (B,)이어야 합니다")
    if int(lengths.min()) < 1 or int(lengths.max()) > x.shape[1]:
        raise ValueError("lengths 값은 1..T이어야 합니다")
    최대 = x[:, 0]
    for 때 in range(1, x.shape[1]):
        안쪽 = (lengths > 때)[:, None]
        최대 = torch.where(안쪽, torch.maximum(최대, x[:, 때]), 최대)
    return 최대

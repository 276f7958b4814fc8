"""제곱 오차와 죽지 않는 ReLU."""

import torch


def _차이(pred, target):
    if pred.dim() != 1 or pred.shape != target.shape:
        raise ValueError("pred와 target의 모양이 다릅니다: pred, target")
    if pred.shape[0] == 0:
        raise ValueError("pred 안에 값이 없습니다")
    return pred - target


def mse(pred, target):
    return _차이(pred, target).square().mean() / 2


def mse_gradient(pred, target):
    차이 = _차이(pred, target)
    return 차이 / 차이.shape[0]


def leaky_relu(x, slope=0.01):
    return x * leaky_relu_gradient(x, slope)


def leaky_relu_gradient(x, slope=0.01):
    양수 = (x > 0).to(x.dtype)
    return 양수 + slope * (1 - 양수)

"""Layers as objects, each with its own forward and backward."""

from collections import OrderedDict, defaultdict
from typing import NamedTuple

import torch


class Line(NamedTuple):
    """What the perceptron found."""

    w: torch.Tensor
    b: torch.Tensor
    converged: bool


class Perceptron:
    def __init__(self, features, dtype):
        self.w = torch.zeros(features, dtype=dtype)
        self.b = torch.zeros((), dtype=dtype)

    def learn(self, x, target):
        """True where there was nothing to learn."""
        error = target - int((self.w * x).sum() + self.b > 0)
        self.w = self.w + error * x
        self.b = self.b + error
        return error == 0


def perceptron_train(X, y, epochs):
    if X.dim() != 2 or X.shape[0] == 0:
        raise ValueError("X is not (N, D) with N > 0")
    if y.dim() != 1 or len(y) != len(X) or bool(((y != 0) & (y != 1)).any()):
        raise ValueError("y is not (N,) of 0 and 1")
    model = Perceptron(X.shape[1], X.dtype)
    for _ in range(epochs):
        # a list, so that no example is passed over
        if all([model.learn(x, int(target)) for x, target in zip(X, y, strict=True)]):
            return Line(model.w, model.b, True)
    return Line(model.w, model.b, False)


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, slope):
        self.slopes = self.x.T @ slope, slope.sum(0)
        return slope @ self.W.T


class Sigmoid:
    def forward(self, x):
        self.out = torch.exp(-torch.logaddexp(torch.zeros_like(x), -x))
        return self.out

    def backward(self, slope):
        return slope * self.out * (1 - self.out)


class Tanh:
    def forward(self, x):
        self.out = x.tanh()
        return self.out

    def backward(self, slope):
        return slope / torch.cosh(torch.atanh(self.out.clamp(-1, 1))) ** 2


class Relu:
    def forward(self, x):
        self.on = x > 0
        return torch.where(self.on, x, 0.0)

    def backward(self, slope):
        return slope.masked_fill(~self.on, 0.0)


class Network:
    activations = {"sigmoid": Sigmoid, "tanh": Tanh, "relu": Relu}

    def __init__(self, params, activation):
        if activation not in self.activations:
            raise ValueError(f"activation {activation!r} is not one of {list(self.activations)}")
        self.layers = [
            Affine(params["W1"], params["b1"]),
            self.activations[activation](),
            Affine(params["W2"], params["b2"]),
        ]

    def forward(self, x):
        if x.dim() != 2 or x.shape[1] != self.layers[0].W.shape[0]:
            raise ValueError("X is not (N, D)")
        outs = []
        for layer in self.layers:
            x = layer.forward(x)
            outs.append(x)
        return outs[1], outs[2]

    def backward(self, slope):
        for layer in reversed(self.layers):
            slope = layer.backward(slope)
        first, _, second = self.layers
        return first.slopes + second.slopes


def forward(params, X, activation="tanh"):
    h, logits = Network(params, activation).forward(X)
    return OrderedDict(h=h, logits=logits, probs=logits.softmax(dim=1))


def backward(params, X, y, activation="tanh"):
    network = Network(params, activation)
    _, logits = network.forward(X)
    if tuple(y.shape) != (len(X),) or len(y) == 0:
        raise ValueError("y is not (N,) with N > 0")
    if int(y.min()) < 0 or int(y.max()) >= logits.shape[1]:
        raise ValueError("y has a class out of range")
    slope = logits.softmax(dim=1).scatter_add(
        1, y[:, None], -torch.ones(len(y), 1, dtype=logits.dtype))
    gradients = defaultdict(list)
    gradients.update(zip(("W1", "b1", "W2", "b2"), network.backward(slope / len(y)), strict=True))
    return gradients


def initialise(D, H, C, scheme, seed=0):
    stds = {"xavier": lambda fan_in: fan_in**-0.5, "he": lambda fan_in: (fan_in / 2) ** -0.5}
    if scheme not in stds:
        raise ValueError(f"scheme {scheme!r} is not one of {list(stds)}")
    # two generators: W2 must not repeat the stream of W1
    first, second = (torch.Generator().manual_seed(2 * seed + i) for i in range(2))
    return OrderedDict(
        W1=torch.randn((D, H), generator=first).mul_(stds[scheme](D)),
        b1=torch.zeros(H),
        W2=torch.randn((H, C), generator=second).mul_(stds[scheme](H)),
        b2=torch.zeros(C),
    )


def solve_xor(seed=0):
    X = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float32)
    y = torch.tensor([0, 1, 1, 0])
    params = initialise(2, 20, 2, "xavier", seed)
    for _ in range(100):
        for name, slope in backward(params, X, y).items():
            params[name] = params[name].sub(slope, alpha=0.5)
    return params

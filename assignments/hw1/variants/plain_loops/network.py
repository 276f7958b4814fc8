"""Perceptron and two-layer network over Python lists."""

import math
import random

import torch


def _labels(y, X, n_classes):
    if tuple(y.shape) != (X.shape[0],):
        raise ValueError("y must have one label for each row of X")
    labels = [int(v) for v in y.tolist()]
    if any(label != v or not 0 <= label < n_classes for label, v in zip(labels, y.tolist())):
        raise ValueError("y is out of range")
    return labels


def perceptron_train(X, y, epochs):
    if X.dim() != 2 or X.shape[0] == 0:
        raise ValueError("X must be (N, D) with N > 0")
    labels = _labels(y, X, 2)
    rows = X.tolist()
    w = [0.0] * X.shape[1]
    b = 0.0
    converged = False
    for _ in range(epochs):
        mistakes = 0
        for row, label in zip(rows, labels):
            score = b
            for weight, value in zip(w, row):
                score += weight * value
            error = label - (1 if score > 0 else 0)
            if error:
                mistakes += 1
                b += error
                for j, value in enumerate(row):
                    w[j] += error * value
        if mistakes == 0:
            converged = True
            break
    return torch.tensor(w, dtype=X.dtype), torch.tensor(b, dtype=X.dtype), converged


def _act(value, activation):
    if activation == "tanh":
        return math.tanh(value)
    if activation == "relu":
        return max(value, 0.0)
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    return math.exp(value) / (1 + math.exp(value))


def _slope(h, activation):
    """Derivative of the activation, written with its own value."""
    if activation == "tanh":
        return 1 - h * h
    if activation == "relu":
        return 1.0 if h > 0 else 0.0
    return h * (1 - h)


def _check(params, X, activation):
    if activation not in ("sigmoid", "tanh", "relu"):
        raise ValueError(f"activation: unknown {activation!r}")
    W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
    if X.dim() != 2 or W1.dim() != 2 or X.shape[1] != W1.shape[0]:
        raise ValueError("X and params['W1'] do not fit")
    fits = W2.dim() == 2 and W1.shape[1] == W2.shape[0]
    if not fits or tuple(b1.shape) != (W1.shape[1],) or tuple(b2.shape) != (W2.shape[1],):
        raise ValueError("params do not fit one another")


def _affine(rows, W, b):
    result = []
    for row in rows:
        out = list(b)
        for value, weights in zip(row, W):
            for j, weight in enumerate(weights):
                out[j] += value * weight
        result.append(out)
    return result


def _softmax(row):
    top = max(row)
    powers = [math.exp(v - top) for v in row]
    return [power / sum(powers) for power in powers]


def _forward(p, rows, activation):
    h = [[_act(v, activation) for v in row] for row in _affine(rows, p["W1"], p["b1"])]
    logits = _affine(h, p["W2"], p["b2"])
    return h, logits, [_softmax(row) for row in logits]


def _zeros(rows, columns):
    return [[0.0] * columns for _ in range(rows)]


def _backward(p, rows, labels, activation):
    h, _, probs = _forward(p, rows, activation)
    D, H, C = len(p["W1"]), len(p["b1"]), len(p["b2"])
    g = {"W1": _zeros(D, H), "b1": [0.0] * H, "W2": _zeros(H, C), "b2": [0.0] * C}
    for n, row in enumerate(rows):
        errors = [(probs[n][c] - (c == labels[n])) / len(rows) for c in range(C)]
        for c in range(C):
            g["b2"][c] += errors[c]
        for k in range(H):
            back = 0.0
            for c in range(C):
                g["W2"][k][c] += h[n][k] * errors[c]
                back += p["W2"][k][c] * errors[c]
            back *= _slope(h[n][k], activation)
            g["b1"][k] += back
            for d in range(D):
                g["W1"][d][k] += row[d] * back
    return g


def forward(params, X, activation="tanh"):
    _check(params, X, activation)
    p = {key: value.tolist() for key, value in params.items()}
    h, logits, probs = _forward(p, X.tolist(), activation)
    shape = (X.shape[0], -1)
    return {"h": torch.tensor(h, dtype=X.dtype).reshape(shape),
            "logits": torch.tensor(logits, dtype=X.dtype).reshape(shape),
            "probs": torch.tensor(probs, dtype=X.dtype).reshape(shape)}


def backward(params, X, y, activation="tanh"):
    _check(params, X, activation)
    if X.shape[0] == 0:
        raise ValueError("X is empty")
    labels = _labels(y, X, params["b2"].shape[0])
    p = {key: value.tolist() for key, value in params.items()}
    g = _backward(p, X.tolist(), labels, activation)
    return {key: torch.tensor(value, dtype=X.dtype) for key, value in g.items()}


def initialise(D, H, C, scheme, seed=0):
    if scheme not in ("xavier", "he"):
        raise ValueError(f"scheme: unknown {scheme!r}")
    gain = 1 if scheme == "xavier" else 2
    generator = random.Random(seed)

    def draw(fan_in, fan_out):
        std = math.sqrt(gain / fan_in)
        return torch.tensor([[generator.gauss(0, std) for _ in range(fan_out)]
                             for _ in range(fan_in)], dtype=torch.float32)

    return {"W1": draw(D, H), "b1": torch.zeros(H), "W2": draw(H, C), "b2": torch.zeros(C)}


def solve_xor(seed=0):
    rows = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    labels = [0, 1, 1, 0]
    p = {key: value.tolist() for key, value in initialise(2, 6, 2, "xavier", seed).items()}
    for _ in range(200):
        g = _backward(p, rows, labels, "tanh")
        for key in ("W1", "W2"):
            for row, slopes in zip(p[key], g[key]):
                for j, slope in enumerate(slopes):
                    row[j] -= slope
        for key in ("b1", "b2"):
            for j, slope in enumerate(g[key]):
                p[key][j] -= slope
    return {key: torch.tensor(value) for key, value in p.items()}

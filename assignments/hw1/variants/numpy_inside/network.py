"""Perceptron and two-layer network in NumPy behind torch doors."""

import numpy as np
import torch

FUNCTIONS = {
    "sigmoid": lambda a: 0.5 * (1 + np.tanh(0.5 * a)),
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
}
SLOPES = {
    "sigmoid": lambda a, h: h * (1 - h),
    "tanh": lambda a, h: 1 - h**2,
    "relu": lambda a, h: np.heaviside(a, 0).astype(a.dtype),
}
GAINS = {"xavier": 1, "he": 2}


def _tensors(arrays):
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def perceptron_train(X, y, epochs):
    data = X.numpy()
    labels = y.numpy()
    if data.ndim != 2 or len(data) == 0:
        raise ValueError("X: (N, D) with at least one row")
    if labels.shape != (len(data),) or not np.isin(labels, (0, 1)).all():
        raise ValueError("y: one 0 or 1 for each row of X")
    w = np.zeros(data.shape[1], dtype=data.dtype)
    b = data.dtype.type(0)
    converged = False
    while epochs > 0 and not converged:
        epochs -= 1
        converged = True
        for x, label in zip(data, labels, strict=True):
            guess = w.dot(x) + b > 0
            if guess != label:
                converged = False
                sign = data.dtype.type(1 if label else -1)
                w = w + sign * x
                b = b + sign
    return torch.from_numpy(w), torch.tensor(b, dtype=X.dtype), converged


def _run(params, X, activation):
    if activation not in FUNCTIONS:
        raise ValueError(f"activation: {activation!r} is none of {', '.join(FUNCTIONS)}")
    W1, b1, W2, b2 = (params[name].numpy() for name in ("W1", "b1", "W2", "b2"))
    data = X.numpy()
    if data.ndim != 2 or data.shape[1] != W1.shape[0]:
        raise ValueError("X: (N, D) with D as in params")
    if b1.shape != (W1.shape[1],) or W2.shape[0] != len(b1) or b2.shape != (W2.shape[1],):
        raise ValueError("params: shapes that do not fit")
    a = data @ W1 + b1
    h = FUNCTIONS[activation](a)
    logits = h @ W2 + b2
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return data, a, h, logits, np.exp(log_probs)


def forward(params, X, activation="tanh"):
    _, _, h, logits, probs = _run(params, X, activation)
    return _tensors({"h": h, "logits": logits, "probs": probs})


def backward(params, X, y, activation="tanh"):
    data, a, h, _, probs = _run(params, X, activation)
    labels = y.numpy()
    N, C = probs.shape
    if labels.shape != (N,) or N == 0:
        raise ValueError("y: one class for each row of X")
    if np.any(labels < 0) or np.any(labels >= C):
        raise ValueError("y: a class out of range")
    delta = probs.copy()
    delta[np.arange(N), labels] -= 1
    delta /= N
    hidden = delta @ params["W2"].numpy().T * SLOPES[activation](a, h)
    return _tensors({"W1": data.T @ hidden, "b1": hidden.sum(axis=0),
                     "W2": h.T @ delta, "b2": delta.sum(axis=0)})


def initialise(D, H, C, scheme, seed=0):
    if scheme not in GAINS:
        raise ValueError(f"scheme: {scheme!r} is none of {', '.join(GAINS)}")
    rng = np.random.default_rng(seed)
    arrays = {
        "W1": rng.normal(0, np.sqrt(GAINS[scheme] / D), (D, H)), "b1": np.zeros(H),
        "W2": rng.normal(0, np.sqrt(GAINS[scheme] / H), (H, C)), "b2": np.zeros(C),
    }
    return _tensors({name: array.astype(np.float32) for name, array in arrays.items()})


def solve_xor(seed=0):
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([0, 1, 1, 0])
    params = initialise(2, 10, 2, "he", seed)
    speed = {name: torch.zeros_like(value) for name, value in params.items()}
    for _ in range(150):
        slopes = backward(params, X, y)
        for name in params:
            speed[name] = 0.9 * speed[name] - 0.1 * slopes[name]
            params[name] = params[name] + speed[name]
    return params

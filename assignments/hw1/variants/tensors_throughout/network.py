"""Perceptron and a two-layer network, einsum and one-hot targets."""

import torch
from torch import Tensor

from ._arrays import generator


def perceptron_train(X: Tensor, y: Tensor, epochs: int) -> tuple[Tensor, Tensor, bool]:
    if X.ndim != 2 or len(X) == 0:
        raise ValueError("X must have the shape (N, D), N at least 1")
    if y.shape != X.shape[:1]:
        raise ValueError("y must have the shape (N,)")
    if not bool(((y == 0) | (y == 1)).all()):
        raise ValueError("y must hold 0 and 1 only")
    target = y.to(X.dtype)
    extended = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)  # the bias is the last weight
    weights = torch.zeros_like(extended[0])
    for _ in range(epochs):
        clean = True
        for x, t in zip(extended, target):
            error = t - (x @ weights > 0).to(X.dtype)
            weights = weights + error * x
            clean = clean and error == 0
        if clean:
            return weights[:-1].clone(), weights[-1].clone(), True
    return weights[:-1].clone(), weights[-1].clone(), False


def _activate(a: Tensor, activation: str) -> Tensor:
    if activation == "sigmoid":
        return 1 / (1 + torch.exp(-a))
    if activation == "tanh":
        return torch.tanh(a)
    if activation == "relu":
        return a.clamp(min=0)
    raise ValueError(f"activation {activation!r} is not known")


def _derivative(h: Tensor, activation: str) -> Tensor:
    if activation == "sigmoid":
        return h - h * h
    if activation == "tanh":
        return 1 - h * h
    return torch.sign(h)


def forward(params: dict[str, Tensor], X: Tensor, activation: str = "tanh") -> dict[str, Tensor]:
    if X.ndim != 2 or X.shape[1:] != params["W1"].shape[:1]:
        raise ValueError("X must have the shape (N, D)")
    H, C = params["W1"].shape[1], params["W2"].shape[1]
    if params["W2"].shape[0] != H or params["b1"].shape != (H,) or params["b2"].shape != (C,):
        raise ValueError("the shapes in params disagree")
    h = _activate(torch.einsum("nd,dh->nh", X, params["W1"]) + params["b1"], activation)
    logits = torch.einsum("nh,hc->nc", h, params["W2"]) + params["b2"]
    return {"h": h, "logits": logits, "probs": torch.softmax(logits, dim=1)}


def backward(params: dict[str, Tensor], X: Tensor, y: Tensor,
             activation: str = "tanh") -> dict[str, Tensor]:
    out = forward(params, X, activation)
    N, C = out["probs"].shape
    if N == 0:
        raise ValueError("X is empty")
    if y.shape != (N,):
        raise ValueError("y must have the shape (N,)")
    if bool((y < 0).any()) or bool((y >= C).any()):
        raise ValueError("y holds a class out of range")
    target = torch.eye(C, dtype=X.dtype)[y]
    at_logits = (out["probs"] - target) / N
    at_hidden = torch.einsum("nc,hc->nh", at_logits, params["W2"]) * _derivative(out["h"], activation)
    return {
        "W1": torch.einsum("nd,nh->dh", X, at_hidden),
        "b1": at_hidden.sum(dim=0),
        "W2": torch.einsum("nh,nc->hc", out["h"], at_logits),
        "b2": at_logits.sum(dim=0),
    }


def initialise(D: int, H: int, C: int, scheme: str, seed: int = 0) -> dict[str, Tensor]:
    gains = {"xavier": 1.0, "he": 2.0}
    if scheme not in gains:
        raise ValueError(f"scheme {scheme!r} is not known")
    source = generator(seed)
    W1 = torch.empty(D, H).normal_(0, (gains[scheme] / D) ** 0.5, generator=source)
    W2 = torch.empty(H, C).normal_(0, (gains[scheme] / H) ** 0.5, generator=source)
    return {"W1": W1, "b1": torch.zeros(H), "W2": W2, "b2": torch.zeros(C)}


def solve_xor(seed: int = 0) -> dict[str, Tensor]:
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([0, 1, 1, 0])
    params = initialise(2, 16, 2, "xavier", seed)
    while True:
        for _ in range(50):
            slopes = backward(params, X, y)
            params = {key: value - 0.5 * slopes[key] for key, value in params.items()}
        chosen = forward(params, X)["probs"].gather(1, y[:, None])
        if float(chosen.min()) > 0.9:
            return params

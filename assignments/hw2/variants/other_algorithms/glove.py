from collections import Counter

import torch


def cooccurrence(sentences, tokens, window, weighting="flat"):
    if not window >= 1:
        raise ValueError("window")
    weight = {"flat": lambda d: 1.0, "harmonic": lambda d: 1.0 / d}.get(weighting)
    if weight is None:
        raise ValueError("weighting")
    ids = {token: i for i, token in enumerate(tokens)}
    cells = Counter()
    for sentence in sentences:
        known = [(p, ids[token]) for p, token in enumerate(sentence) if token in ids]
        for n, (p, i) in enumerate(known):
            for q, j in known[n + 1 :]:
                if q - p > window:
                    break
                cells[i, j] += weight(q - p)
    table = torch.zeros(len(tokens), len(tokens), dtype=torch.float64)
    for (i, j), value in cells.items():
        table[i, j] = value
    return table + table.T


def conditional(X):
    if X.shape != X.T.shape or bool((X < 0).any()):
        raise ValueError("X")
    return torch.nan_to_num(X / X.sum(1)[:, None], nan=0.0)


def glove_weight(x, x_max=100.0, alpha=0.75):
    if x_max <= 0:
        raise ValueError("x_max")
    if torch.lt(x, 0).any():
        raise ValueError("x")
    return torch.where(x < x_max, torch.pow(x / x_max, alpha), torch.ones_like(x))


def glove_loss(W, Wc, b, bc, X):
    if not (W.shape == Wc.shape and b.shape == bc.shape == W.shape[:1] and X.shape == 2 * W.shape[:1]):
        raise ValueError("W, Wc, b, bc and X do not agree")
    seen = X > 0
    logs = torch.where(seen, X, torch.ones_like(X)).log()
    error = (W @ Wc.T + b.unsqueeze(1) + bc.unsqueeze(0) - logs) * seen
    return (glove_weight(X) * error.square()).sum()

"""torch everywhere; the batch is sorted by length and gets smaller as sentences end."""

import numpy as np
import torch


def _tables(log_pi, log_A, log_B):
    tables = [torch.as_tensor(t) for t in (log_pi, log_A, log_B)]
    S = tables[0].shape[0]
    if tuple(tables[1].shape) != (S, S) or tables[2].shape[0] != S:
        raise ValueError("log_A and log_B must fit log_pi")
    return tables


def _ids(words, V):
    if not words:
        raise ValueError("words must not be empty")
    ids = torch.tensor(words)
    if ids.min() < 0 or ids.max() >= V:
        raise ValueError("words out of range")
    return ids


def _first_max(x, dim):
    """Values, and the first place of each maximum."""
    top = x.amax(dim, keepdim=True)
    size = x.shape[dim]
    shape = [1] * x.ndim
    shape[dim] = size
    place = torch.arange(size).view(shape)
    return top.squeeze(dim), torch.where(x == top, place, size).amin(dim).clamp(max=size - 1)


def _run(tables, ids, k):
    log_pi, log_A, log_B = tables
    back, v = [], None
    for t, w in enumerate(ids):
        if t == 0:
            v = log_pi + log_B[:, w]
        else:
            v, where = _first_max(v[:, None] + log_A, 0)
            v = v + log_B[:, w]
            back.append(where)
        if k < len(v):
            order = torch.sort(v, descending=True, stable=True).indices
            v = v.clone()
            v[order[k:]] = -torch.inf
    score, state = _first_max(v, 0)
    path = [int(state)]
    for where in reversed(back):
        path.append(int(where[path[-1]]))
    return torch.tensor(path[::-1]).numpy(), score.item()


def viterbi(log_pi, log_A, log_B, words):
    tables = _tables(log_pi, log_A, log_B)
    return _run(tables, _ids(words, tables[2].shape[1]), len(log_pi))


def beam_search(log_pi, log_A, log_B, words, k):
    if k <= 0:
        raise ValueError("k must be at least one")
    tables = _tables(log_pi, log_A, log_B)
    return _run(tables, _ids(words, tables[2].shape[1]), k)


def greedy(log_pi, log_A, log_B, words):
    tables = _tables(log_pi, log_A, log_B)
    path, total, row = [], 0.0, tables[0]
    for w in _ids(words, tables[2].shape[1]):
        gain, state = _first_max(row + tables[2][:, w], 0)
        total += gain.item()
        path.append(state.item())
        row = tables[1][path[-1]]
    return np.asarray(path), total


def viterbi_batch(log_pi, log_A, log_B, words, lengths):
    log_pi, log_A, log_B = _tables(log_pi, log_A, log_B)
    B, T = words.shape
    S, V = log_B.shape
    if lengths.shape != (B,) or int(lengths.min()) < 1 or int(lengths.max()) > T:
        raise ValueError("lengths")
    inside = torch.arange(T)[None] < lengths[:, None]
    if bool(((words < 0) | (words >= V))[inside].any()):
        raise ValueError("words")
    order = torch.argsort(lengths, descending=True, stable=True)
    ids, sizes = words[order], lengths[order]
    v = log_pi + log_B.T[ids[:, 0]]
    scores = torch.empty(B, dtype=log_pi.dtype)
    ends = torch.empty(B, dtype=torch.int64)
    back = np.zeros((T, B, S), dtype=np.int64)
    for t in range(T):
        if t:
            n = int((sizes > t).sum())
            v, where = _first_max(v[:n, :, None] + log_A, 1)
            v = v + log_B.T[ids[:n, t]]
            back[t, :n] = where.numpy()
        over = (sizes == t + 1).nonzero()[:, 0]
        best, state = _first_max(v[over], 1) if len(over) else (scores[:0], ends[:0])
        scores[over], ends[over] = best, state
    paths = np.full((B, T), -1, dtype=np.int64)
    state, size = ends.numpy().copy(), sizes.numpy()
    rows = np.arange(B)
    for t in range(T - 1, -1, -1):
        paths[:, t] = np.where(t < size, state, -1)
        state = np.where(t < size, back[t, rows, state], state)
    out = torch.empty((B, T), dtype=torch.int64)
    out[order] = torch.from_numpy(paths)
    final = torch.empty_like(scores)
    final[order] = scores
    return out, final

"""Best paths in the max-plus semiring.

The step to a word w is the matrix M_w[i, j] = log_A[i, j] + log_B[j, w]; a row vector times M
with max for the sum and + for the product is one step of Viterbi. No pointers are kept: the
path is re-derived from the vectors of scores.
"""

import numpy as np
import torch

from . import _model


def _times(row, matrix):
    return (row[:, None] + matrix).max(axis=0)


def _trace(rows, log_A):
    state = int(np.argmax(rows[-1]))
    path = [state]
    for row in rows[-2::-1]:
        state = int(np.argmax(row + log_A[:, state]))
        path.append(state)
    return np.array(path[::-1], dtype=np.int64), float(rows[-1].max())


def viterbi(log_pi, log_A, log_B, words):
    log_pi, log_A, log_B = _model.tables(log_pi, log_A, log_B)
    words = _model.ids(words, log_B.shape[1])
    rows = [log_pi + log_B[:, words[0]]]
    for word in words[1:]:
        rows.append(_times(rows[-1], log_A) + log_B[:, word])
    return _trace(rows, log_A)


def beam_search(log_pi, log_A, log_B, words, k):
    if k < 1:
        raise ValueError(f"k is {k}, less than 1")
    log_pi, log_A, log_B = _model.tables(log_pi, log_A, log_B)
    words = _model.ids(words, log_B.shape[1])
    rows = []
    for t, word in enumerate(words):
        row = (_times(rows[-1], log_A) if t else log_pi) + log_B[:, word]
        rows.append(np.full_like(row, -np.inf))
        stay = np.argsort(-row, kind="stable")[:k]
        rows[-1][stay] = row[stay]
    return _trace(rows, log_A)


def greedy(log_pi, log_A, log_B, words):
    log_pi, log_A, log_B = _model.tables(log_pi, log_A, log_B)
    words = _model.ids(words, log_B.shape[1])
    path = np.empty(len(words), dtype=np.int64)
    score, row = 0.0, log_pi
    for t, word in enumerate(words):
        options = row + log_B[:, word]
        path[t] = options.argmax()
        score += options[path[t]]
        row = log_A[path[t]]
    return path, float(score)


def viterbi_batch(log_pi, log_A, log_B, words, lengths):
    """NumPy does the work: all sentences step together, those that are over stand still."""
    pi, A, B = _model.tables(*(part.detach().cpu().numpy() for part in (log_pi, log_A, log_B)))
    ids, ends = words.detach().cpu().numpy(), lengths.detach().cpu().numpy()
    if ids.ndim != 2:
        raise ValueError("words must be (B, T)")
    N, T = ids.shape
    if ends.shape != (N,) or (N and (ends.min() < 1 or ends.max() > T)):
        raise ValueError("lengths must be (B,), each from 1 to T")
    behind = np.arange(T) >= ends[:, None]
    if ((ids < 0) | (ids >= B.shape[1]))[~behind].any():
        raise ValueError("words: an id is out of range")
    ids = np.where(behind, 0, ids)
    rows = np.empty((T, N, len(pi)))
    rows[0] = pi + B.T[ids[:, 0]]
    for t in range(1, T):
        rows[t] = (rows[t - 1][:, :, None] + A).max(axis=1) + B.T[ids[:, t]]
    each = np.arange(N)
    final = rows[ends - 1, each]
    paths = np.full((N, T), -1)
    state = final.argmax(axis=1)
    for t in range(T - 1, -1, -1):
        before = rows[t][each] + A.T[paths[:, t + 1]] if t + 1 < T else final
        state = np.where(t == ends - 1, final.argmax(axis=1), before.argmax(axis=1))
        paths[:, t] = np.where(behind[:, t], -1, state)
    device = log_pi.device
    return (
        torch.as_tensor(paths, dtype=torch.int64, device=device),
        torch.as_tensor(final.max(axis=1), dtype=log_pi.dtype, device=device),
    )

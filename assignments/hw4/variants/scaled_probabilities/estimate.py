"""bincount over joint indices; probabilities inside, logs outside."""

from typing import NamedTuple

import numpy as np
import torch


class Tables(NamedTuple):
    log_pi: np.ndarray
    log_A: np.ndarray
    log_B: np.ndarray


def HMM(log_pi, log_A, log_B):
    n = log_pi.size
    if log_A.shape != (n, n) or len(log_B) != n:
        raise ValueError("log_A or log_B does not go with log_pi")
    return Holder(Tables(log_pi, log_A, log_B))


class Holder:
    def __init__(self, tables):
        self._tables = tables

    log_pi = property(lambda self: self._tables.log_pi)
    log_A = property(lambda self: self._tables.log_A)
    log_B = property(lambda self: self._tables.log_B)


def estimate(sequences, tags, n_states, n_words, alpha=0.0):
    if alpha < 0:
        raise ValueError("negative alpha")
    if [len(s) for s in sequences] != [len(t) for t in tags]:
        raise ValueError("tags do not match")
    flat_w = np.array([w for s in sequences for w in s], dtype=np.int64)
    flat_t = np.array([t for s in tags for t in s], dtype=np.int64)
    if ((flat_w < 0) | (flat_w >= n_words)).any():
        raise ValueError("bad id in sequences")
    if ((flat_t < 0) | (flat_t >= n_states)).any():
        raise ValueError("bad id in tags")
    first = np.array([s[0] for s in tags if s], dtype=np.int64)
    pairs = np.array([a * n_states + b for s in tags for a, b in zip(s, s[1:])], dtype=np.int64)
    tables = (
        np.bincount(first, minlength=n_states),
        np.bincount(pairs, minlength=n_states**2).reshape(n_states, n_states),
        np.bincount(flat_t * n_words + flat_w, minlength=n_states * n_words).reshape(n_states, n_words),
    )
    out = []
    for table in tables:
        table = table + float(alpha)
        total = table.sum(-1, keepdims=True)
        share = np.where(total > 0, table / np.where(total > 0, total, 1), 1 / table.shape[-1])
        with np.errstate(divide="ignore"):
            out.append(np.log(share))
    return HMM(*out)


def sequence_log_prob(hmm, words, tags):
    if len(words) == 0 or len(words) != len(tags):
        raise ValueError("words and tags")
    w, t = np.array(words), np.array(tags)
    if w.min() < 0 or w.max() >= hmm.log_B.shape[1]:
        raise ValueError("words")
    if t.min() < 0 or t.max() >= hmm.log_pi.size:
        raise ValueError("tags")
    parts = [hmm.log_pi[t[:1]], hmm.log_A[t[:-1], t[1:]], hmm.log_B[t, w]]
    return float(np.concatenate(parts).sum())


def sample(hmm, length, seed):
    if length < 1:
        raise ValueError("length")
    g = torch.Generator().manual_seed(seed)
    rows = [torch.from_numpy(np.exp(x)) for x in (hmm.log_pi, hmm.log_A, hmm.log_B)]
    tags, words = [], []
    for n in range(length):
        p = rows[0] if n == 0 else rows[1][tags[-1]]
        tags.append(torch.multinomial(p, 1, generator=g).item())
        words.append(torch.multinomial(rows[2][tags[-1]], 1, generator=g).item())
    return words, tags

"""Counts by np.add.at and np.bincount."""

from itertools import chain

import numpy as np

from . import _model


class HMM:
    def __init__(self, log_pi, log_A, log_B):
        self.log_pi, self.log_A, self.log_B = _model.tables(log_pi, log_A, log_B)


def _log_rows(counts, alpha):
    mass = counts + alpha
    totals = mass.sum(axis=-1, keepdims=True)
    uniform = np.full_like(mass, 1 / mass.shape[-1])
    shares = np.divide(mass, totals, out=uniform, where=totals > 0)
    with np.errstate(divide="ignore"):
        return np.log(shares)


def _flat(lists):
    return np.fromiter(chain.from_iterable(lists), dtype=np.int64)


def estimate(sequences, tags, n_states, n_words, alpha=0.0):
    if alpha < 0:
        raise ValueError(f"alpha is {alpha}, which is negative")
    if [len(words) for words in sequences] != [len(states) for states in tags]:
        raise ValueError("sequences and tags do not have the same shape")
    words, states = _flat(sequences), _flat(tags)
    if words.size and not (words.min() >= 0 and words.max() < n_words):
        raise ValueError("sequences: a word is out of range")
    if states.size and not (states.min() >= 0 and states.max() < n_states):
        raise ValueError("tags: a state is out of range")
    ends = np.cumsum([len(row) for row in tags], dtype=np.int64)
    begins = np.unique(np.concatenate([[0], ends[:-1]])) if len(ends) else np.array([], np.int64)
    begins = begins[begins < states.size].astype(np.int64)
    pi = np.bincount(states[begins], minlength=n_states).astype(float)
    inner = np.ones(states.size, dtype=bool)
    inner[begins] = False
    to = np.flatnonzero(inner)
    A = np.bincount(states[to - 1] * n_states + states[to], minlength=n_states**2)
    B = np.zeros((n_states, n_words))
    np.add.at(B, (states, words), 1)
    A = A.reshape(n_states, n_states).astype(float)
    return HMM(_log_rows(pi, alpha), _log_rows(A, alpha), _log_rows(B, alpha))


def sequence_log_prob(hmm, words, tags):
    words = _model.ids(words, hmm.log_B.shape[1])
    tags = _model.ids(tags, len(hmm.log_pi), "tags")
    if words.shape != tags.shape:
        raise ValueError("words and tags differ in length")
    parts = (hmm.log_pi[tags[0]], hmm.log_A[tags[:-1], tags[1:]].sum(), hmm.log_B[tags, words].sum())
    return float(sum(parts))


def sample(hmm, length, seed):
    if length < 1:
        raise ValueError("length is below 1")
    generator = np.random.default_rng(seed)
    # The Gumbel trick: the argmax of log p + Gumbel noise is a draw from p.
    tags, words = [], []
    row = hmm.log_pi
    for _ in range(length):
        state = int(np.argmax(row + generator.gumbel(size=row.shape)))
        word = int(np.argmax(hmm.log_B[state] + generator.gumbel(size=hmm.log_B.shape[1])))
        tags.append(state)
        words.append(word)
        row = hmm.log_A[state]
    return words, tags

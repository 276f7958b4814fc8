from collections import Counter
from dataclasses import dataclass
import random
import numpy as np

from .semiring import Trellis


@dataclass(eq=False)
class HMM:
    log_pi: np.ndarray
    log_A: np.ndarray
    log_B: np.ndarray

    def __post_init__(self):
        t = Trellis(self.log_pi, self.log_A, self.log_B, [0])
        self.log_pi, self.log_A, self.log_B = t.log_pi, t.log_A, t.log_B

    @property
    def tables(self):
        return self.log_pi, self.log_A, self.log_B


class Counts:
    """What was seen, as counters of tuples; made a model by `model`."""
    def __init__(self, S, V):
        self.S, self.V = S, V
        self.first, self.link, self.emit = Counter(), Counter(), Counter()

    def see(self, words, states):
        self.first.update([(s,) for s in states[:1]])
        self.link.update(zip(states, states[1:]))
        self.emit.update(zip(states, words))

    def _table(self, counter, *shape, alpha):
        t = np.zeros(shape)
        for where, n in counter.items(): t[where] = n
        t = t + alpha
        s = t.sum(-1)
        if t.ndim == 1:
            if s == 0: t = t + 1
        else:
            t[s == 0] = 1
        return np.log(t / t.sum(-1)[..., None])      # log(0) warns

    def model(self, alpha):
        return HMM(
            self._table(self.first, self.S, alpha=alpha),
            self._table(self.link, self.S, self.S, alpha=alpha),
            self._table(self.emit, self.S, self.V, alpha=alpha),
        )


def estimate(sequences, tags, n_states, n_words, alpha=0.0):
    if alpha < 0: raise ValueError("alpha < 0")
    if len(sequences) != len(tags): raise ValueError("tags: not as many as sequences")
    c = Counts(n_states, n_words)
    for w, s in zip(sequences, tags):
        if len(w) != len(s): raise ValueError("tags: not as many as words in sequences")
        if any(x not in range(n_words) for x in w): raise ValueError("sequences: bad id")
        if any(x not in range(n_states) for x in s): raise ValueError("tags: bad state")
        c.see(w, s)
    m = c.model(alpha)
    print("estimated", m.log_B.shape)
    return m


def sequence_log_prob(hmm, words, tags):
    if not len(words): raise ValueError("words empty")
    if len(words) != len(tags): raise ValueError("tags: wrong length")
    S, V = hmm.log_B.shape
    if min(words) < 0 or max(words) >= V: raise ValueError("words: bad id")
    if min(tags) < 0 or max(tags) >= S: raise ValueError("tags: bad state")
    c = Counts(S, V)
    c.see(words, tags)
    # count times log, over what was seen only: 0 times -inf never arises
    tables = ((c.first, hmm.log_pi), (c.link, hmm.log_A), (c.emit, hmm.log_B))
    return float(sum(n * t[where] for counter, t in tables for where, n in counter.items()))


def sample(hmm, length, seed):
    if length < 1: raise ValueError("length")
    state = random.getstate()          # borrowed ...
    random.seed(seed)
    try:
        words, tags = [], []
        for i in range(length):
            p = np.exp(hmm.log_A[tags[-1]] if i else hmm.log_pi)
            tags += random.choices(range(len(p)), p.tolist())
            words += random.choices(range(hmm.log_B.shape[1]), np.exp(hmm.log_B[tags[-1]]).tolist())
        return words, tags
    finally:
        random.setstate(state)         # ... and given back

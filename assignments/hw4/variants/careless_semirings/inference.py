from typing import NamedTuple
import numpy as np

from .estimate import HMM
from .semiring import SUM, Trellis


class Expected(NamedTuple):
    starts: np.ndarray
    transitions: np.ndarray
    emissions: np.ndarray


class Marginals(Trellis):
    def gamma(self):
        if self.total == -np.inf:
            print("impossible sentence!")
            return np.zeros((self.T, self.S))
        g = self.inside + self.outside
        g = np.exp(g - g.max(axis=1)[:, None])
        return g / g.sum(axis=1)[:, None]

    def xi(self):
        # one big array, (T-1, S, S)
        after = (self.obs + self.outside)[1:]
        x = self.inside[:-1, :, None] + self.log_A[None] + after[:, None, :]
        return np.exp(x - self.total) if self.total > -np.inf else np.zeros(x.shape)

    def expected(self):
        g = self.gamma()
        onehot = np.eye(self.log_B.shape[1])[self.words]
        return Expected(g[0], self.xi().sum(0), g.T @ onehot)


def forward_log(log_pi, log_A, log_B, words):
    m = Marginals(log_pi, log_A, log_B, words, SUM)
    return m.inside, m.total

def backward_log(log_pi, log_A, log_B, words):
    return Marginals(log_pi, log_A, log_B, words, SUM).outside

def posterior(log_pi, log_A, log_B, words):
    return Marginals(log_pi, log_A, log_B, words).gamma()

def posterior_decode(log_pi, log_A, log_B, words):
    m = Marginals(log_pi, log_A, log_B, words)
    return (m.inside + m.outside).argmax(1)

def expected_counts(log_pi, log_A, log_B, words):
    return Marginals(log_pi, log_A, log_B, words).expected()


class EM:
    def __init__(self, data, S, V, seed):
        self.data = data
        state = np.random.get_state()
        np.random.seed(seed)
        rows = [np.random.rand(*s) + .5 for s in ((S,), (S, S), (S, V))]
        np.random.set_state(state)
        self.tables = [np.log(r / r.sum(-1, keepdims=True)) for r in rows]

    def iterate(self):
        ms = [Marginals(*self.tables, w) for w in self.data]
        es = [m.expected() for m in ms]
        for i in range(3):
            c = sum(e[i] for e in es)
            new = c / c.sum(-1, keepdims=True)          # 0/0 warns
            dead = np.isnan(new)
            self.tables[i] = np.where(dead, self.tables[i], np.log(new))

    def likelihood(self):
        return float(sum(Marginals(*self.tables, w).total for w in self.data))


def baum_welch(sequences, n_states, n_words, iterations, seed):
    if len(sequences) < 1: raise ValueError("sequences")
    if n_states < 1: raise ValueError("n_states")
    if iterations < 0: raise ValueError("iterations")
    for w in sequences:
        if not len(w) or min(w) < 0 or max(w) >= n_words: raise ValueError("sequences: bad words")
    em = EM(sequences, n_states, n_words, seed)
    ll = [em.likelihood()]
    while len(ll) <= iterations:
        em.iterate()
        ll.append(em.likelihood())
    print(ll[0], "->", ll[-1])
    return HMM(*em.tables), ll

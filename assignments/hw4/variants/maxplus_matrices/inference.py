"""Sums over paths as products of matrices of probabilities with wide exponents."""

from functools import cached_property

import numpy as np

from . import _model
from ._wide import Wide, stack
from .estimate import HMM


class _Lattice:
    def __init__(self, log_pi, log_A, log_B, words):
        log_pi, log_A, log_B = _model.tables(log_pi, log_A, log_B)
        self.words = _model.ids(words, log_B.shape[1])
        self.shape = log_B.shape
        self.pi, self.A = Wide.of_logs(log_pi), Wide.of_logs(log_A)
        self.seen = Wide.of_logs(log_B[:, self.words].T)

    @cached_property
    def forward(self):
        rows = [self.pi * self.seen[0]]
        for t in range(1, len(self.words)):
            rows.append((rows[-1][:, None] * self.A).sum(axis=0) * self.seen[t])
        return stack(rows)

    @cached_property
    def backward(self):
        rows = [Wide.of_logs(np.zeros(self.shape[0]))]
        for t in range(len(self.words) - 1, 0, -1):
            rows.append((self.A * (self.seen[t] * rows[-1])[None, :]).sum(axis=1))
        return stack(rows[::-1])

    def likelihood(self):
        return float(self.forward[-1].sum(axis=0).logs())

    def posterior(self):
        joint = self.forward * self.backward
        total = joint.sum(axis=1)
        # An impossible sentence has no posterior: its rows are left at zero.
        inverse = np.where(total.m > 0, 1 / np.where(total.m > 0, total.m, 1), 0)
        return (joint * Wide(inverse, -total.e)[:, None]).values()

    def counts(self):
        gamma = self.posterior()
        emissions = np.zeros(self.shape)
        np.add.at(emissions.T, self.words, gamma)
        alpha, beta = self.forward, self.backward
        total = alpha[-1].sum(axis=0)
        moves = np.zeros((self.shape[0], self.shape[0]))
        if len(self.words) > 1 and total.m > 0:
            after = (self.seen * beta)[1:]
            links = alpha[:-1][:, :, None] * self.A[None] * after[:, None, :]
            moves = (links * Wide(1 / total.m, -total.e)).values().sum(axis=0)
        return gamma[0], moves, emissions


def forward_log(log_pi, log_A, log_B, words):
    rows = _Lattice(log_pi, log_A, log_B, words).forward
    return rows.logs(), float(rows[-1].sum(axis=0).logs())


def backward_log(log_pi, log_A, log_B, words):
    return _Lattice(log_pi, log_A, log_B, words).backward.logs()


def posterior(log_pi, log_A, log_B, words):
    return _Lattice(log_pi, log_A, log_B, words).posterior()


def posterior_decode(log_pi, log_A, log_B, words):
    return _Lattice(log_pi, log_A, log_B, words).posterior().argmax(axis=1)


def expected_counts(log_pi, log_A, log_B, words):
    return _Lattice(log_pi, log_A, log_B, words).counts()


def _normalised(counts):
    totals = counts.sum(axis=-1, keepdims=True)
    uniform = np.full_like(counts, 1 / counts.shape[-1])
    with np.errstate(divide="ignore"):
        return np.log(np.divide(counts, totals, out=uniform, where=totals > 0))


def baum_welch(sequences, n_states, n_words, iterations, seed):
    if len(sequences) == 0:
        raise ValueError("sequences is empty")
    if n_states < 1:
        raise ValueError("n_states is below 1")
    if iterations < 0:
        raise ValueError("iterations is negative")
    for words in sequences:
        _model.ids(words, n_words, "sequences")
    generator = np.random.default_rng(seed)
    model = [
        np.log(generator.dirichlet(np.full(n_states, 5.0))),
        np.log(generator.dirichlet(np.full(n_states, 5.0), size=n_states)),
        np.log(generator.dirichlet(np.full(n_words, 5.0), size=n_states)),
    ]
    lattices = [_Lattice(*model, words) for words in sequences]
    history = [sum(lattice.likelihood() for lattice in lattices)]
    for _ in range(iterations):
        each = [lattice.counts() for lattice in lattices]
        model = [_normalised(np.sum(part, axis=0)) for part in zip(*each, strict=True)]
        lattices = [_Lattice(*model, words) for words in sequences]
        history.append(sum(lattice.likelihood() for lattice in lattices))
    return HMM(*model), history

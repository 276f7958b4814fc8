"""Rabiner's scaling: rows that sum to 1, and the logs of the factors."""

import numpy as np


class Model:
    def __init__(self, log_pi, log_A, log_B):
        self.log_pi, self.log_A, self.log_B = log_pi, log_A, log_B


def _check(log_pi, log_A, log_B, words):
    n = log_pi.shape[0]
    if log_A.shape != (n, n) or log_B.shape[0] != n:
        raise ValueError("shapes of log_pi, log_A and log_B do not agree")
    words = np.asarray(words, dtype=np.int64)
    if words.size == 0 or words.min() < 0 or words.max() >= log_B.shape[1]:
        raise ValueError("words: empty or out of range")
    return words


def _scaled(log_pi, log_A, log_B, words):
    pi, A, B = np.exp(log_pi), np.exp(log_A), np.exp(log_B)
    rows, logs = np.zeros((len(words), len(pi))), np.zeros(len(words))
    for t, w in enumerate(words):
        row = (pi if t == 0 else rows[t - 1] @ A) * B[:, w]
        total = row.sum()
        logs[t] = np.log(total) if total > 0 else -np.inf
        rows[t] = row / total if total > 0 else 0.0
    return rows, logs


def forward_log(log_pi, log_A, log_B, words):
    words = _check(log_pi, log_A, log_B, words)
    rows, logs = _scaled(log_pi, log_A, log_B, words)
    with np.errstate(divide="ignore", invalid="ignore"):
        table = np.where(rows > 0, np.log(rows) + np.cumsum(logs)[:, None], -np.inf)
    return table, float(logs.sum())


def backward_log(log_pi, log_A, log_B, words):
    words = _check(log_pi, log_A, log_B, words)
    A, B = np.exp(log_A), np.exp(log_B)
    row, table, total = np.ones(len(log_pi)), np.zeros((len(words), len(log_pi))), 0.0
    for t in range(len(words) - 2, -1, -1):
        row = A @ (B[:, words[t + 1]] * row)
        scale = row.sum()
        if scale > 0:
            total += np.log(scale)
            row = row / scale
        with np.errstate(divide="ignore"):
            table[t] = np.log(row) + (total if scale > 0 else 0.0)
    return table


def posterior(log_pi, log_A, log_B, words):
    joint = forward_log(log_pi, log_A, log_B, words)[0] + backward_log(log_pi, log_A, log_B, words)
    weight = np.exp(joint - joint.max(axis=1, keepdims=True))
    return weight / weight.sum(axis=1, keepdims=True)


def posterior_decode(log_pi, log_A, log_B, words):
    return np.argmax(posterior(log_pi, log_A, log_B, words), axis=-1)


def expected_counts(log_pi, log_A, log_B, words):
    gamma = posterior(log_pi, log_A, log_B, words)
    alpha, _ = forward_log(log_pi, log_A, log_B, words)
    beta = backward_log(log_pi, log_A, log_B, words)
    emissions = gamma.T @ np.eye(log_B.shape[1])[np.asarray(words)]
    steps = np.zeros(log_A.shape)
    for t in range(len(words) - 1):
        joint = alpha[t][:, None] + log_A + (log_B[:, words[t + 1]] + beta[t + 1])[None]
        weight = np.exp(joint - joint.max())
        steps += weight / weight.sum()
    return gamma[0].copy(), steps, emissions


def baum_welch(sequences, n_states, n_words, iterations, seed):
    if n_states < 1 or iterations < 0:
        raise ValueError("n_states must be at least 1, iterations at least 0")
    if len(sequences) == 0 or any(len(s) == 0 for s in sequences):
        raise ValueError("sequences must not be empty")
    if any(w < 0 or w >= n_words for s in sequences for w in s):
        raise ValueError("sequences: id out of range")
    rng = np.random.RandomState(seed)

    def logs(table):
        table = table + 1e-12
        return np.log(table / table.sum(axis=-1, keepdims=True))

    model = [
        logs(rng.dirichlet(np.ones(n_states))),
        logs(rng.dirichlet(np.ones(n_states), n_states)),
        logs(rng.dirichlet(np.ones(n_words), n_states)),
    ]
    figures = [sum(forward_log(*model, s)[1] for s in sequences)]
    while len(figures) <= iterations:
        counts = [expected_counts(*model, s) for s in sequences]
        model = [logs(np.sum([c[n] for c in counts], axis=0)) for n in range(3)]
        figures.append(sum(forward_log(*model, s)[1] for s in sequences))
    return Model(*model), figures

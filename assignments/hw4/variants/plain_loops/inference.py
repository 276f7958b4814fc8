"""Log space, with a log-sum-exp of its own, in loops."""

import math
import random

import numpy as np

from .estimate import HMM


def lse(values):
    top = max(values)
    if top == -math.inf:
        return -math.inf
    return top + math.log(sum(math.exp(v - top) for v in values))


def guard(log_pi, log_A, log_B, words):
    S = len(log_pi)
    if log_A.shape != (S, S):
        raise ValueError("log_A")
    if log_B.shape[0] != S:
        raise ValueError("log_B")
    if not words or min(words) < 0 or max(words) >= log_B.shape[1]:
        raise ValueError("words")


def forward_log(log_pi, log_A, log_B, words):
    guard(log_pi, log_A, log_B, words)
    pi, A, B = log_pi.tolist(), log_A.tolist(), log_B.tolist()
    S = range(len(pi))
    rows = [[pi[j] + B[j][words[0]] for j in S]]
    for w in words[1:]:
        rows.append([lse([rows[-1][i] + A[i][j] for i in S]) + B[j][w] for j in S])
    return np.array(rows), lse(rows[-1])


def backward_log(log_pi, log_A, log_B, words):
    guard(log_pi, log_A, log_B, words)
    A, B = log_A.tolist(), log_B.tolist()
    S = range(len(A))
    rows = [[0.0 for _ in S]]
    for w in words[:0:-1]:
        rows.insert(0, [lse([A[i][j] + B[j][w] + rows[0][j] for j in S]) for i in S])
    return np.array(rows)


def posterior(log_pi, log_A, log_B, words):
    alpha, _ = forward_log(log_pi, log_A, log_B, words)
    beta = backward_log(log_pi, log_A, log_B, words)
    rows = []
    for a, b in zip(alpha, beta):
        joint = [x + y for x, y in zip(a, b)]
        total = lse(joint)
        rows.append([math.exp(v - total) for v in joint])
    return np.array(rows)


def posterior_decode(log_pi, log_A, log_B, words):
    rows = posterior(log_pi, log_A, log_B, words).tolist()
    return np.array([row.index(max(row)) for row in rows], dtype=np.int64)


def expected_counts(log_pi, log_A, log_B, words):
    alpha, total = forward_log(log_pi, log_A, log_B, words)
    beta = backward_log(log_pi, log_A, log_B, words)
    S, V = log_B.shape
    starts, steps, says = np.zeros(S), np.zeros((S, S)), np.zeros((S, V))
    for t, w in enumerate(words):
        for i in range(S):
            p = math.exp(alpha[t, i] + beta[t, i] - total)
            says[i, w] += p
            if t == 0:
                starts[i] += p
            if t + 1 < len(words):
                for j in range(S):
                    steps[i, j] += math.exp(
                        alpha[t, i] + log_A[i, j] + log_B[j, words[t + 1]] + beta[t + 1, j] - total
                    )
    return starts, steps, says


def rows_of(counts):
    counts = np.atleast_2d(counts)
    out = []
    for row in counts:
        total = row.sum()
        out.append([(math.log(c / total) if c > 0 else -math.inf) if total > 0 else -math.log(len(row)) for c in row])
    return np.array(out)


def baum_welch(sequences, n_states, n_words, iterations, seed):
    if n_states < 1:
        raise ValueError("n_states")
    if iterations < 0:
        raise ValueError("iterations")
    if not sequences:
        raise ValueError("sequences")
    for s in sequences:
        if not s or min(s) < 0 or max(s) >= n_words:
            raise ValueError("sequences")
    dice = random.Random(seed)
    shapes = (1, n_states), (n_states, n_states), (n_states, n_words)
    start = [rows_of([[dice.expovariate(1) for _ in range(m)] for _ in range(n)]) for n, m in shapes]
    model = [start[0][0], start[1], start[2]]
    figures = []
    for round_ in range(iterations + 1):
        figures.append(float(sum(forward_log(*model, s)[1] for s in sequences)))
        if round_ < iterations:
            parts = [expected_counts(*model, s) for s in sequences]
            starts, steps, says = (sum(p[n] for p in parts) for n in range(3))
            model = [rows_of(starts)[0], rows_of(steps), rows_of(says)]
    return HMM(*model), figures

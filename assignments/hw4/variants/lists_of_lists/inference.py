"""Sums over paths, state by state."""

import math
import random

import numpy as np

from ._lists import INF, check_words, log_sum, model_lists
from .estimate import HMM


def _forward(pi, A, B, words):
    states = range(len(pi))
    rows = [[pi[s] + B[s][words[0]] for s in states]]
    for word in words[1:]:
        last = rows[-1]
        rows.append([log_sum(last[r] + A[r][s] for r in states) + B[s][word] for s in states])
    return rows, log_sum(rows[-1])


def _backward(pi, A, B, words):
    states = range(len(pi))
    rows = [[0.0] * len(pi)]
    for word in reversed(words[1:]):
        after = rows[-1]
        rows.append([log_sum(A[r][s] + B[s][word] + after[s] for s in states) for r in states])
    rows.reverse()
    return rows


def _open(log_pi, log_A, log_B, words):
    pi, A, B = model_lists(log_pi, log_A, log_B)
    return pi, A, B, check_words(words, B)


def forward_log(log_pi, log_A, log_B, words):
    rows, total = _forward(*_open(log_pi, log_A, log_B, words))
    return np.array(rows), total


def backward_log(log_pi, log_A, log_B, words):
    return np.array(_backward(*_open(log_pi, log_A, log_B, words)))


def _posterior(pi, A, B, words):
    forward, total = _forward(pi, A, B, words)
    backward = _backward(pi, A, B, words)
    if total == -INF:
        raise ValueError("words are impossible under the model")
    rows = []
    for a, b in zip(forward, backward):
        together = [x + y for x, y in zip(a, b)]
        norm = log_sum(together)
        rows.append([math.exp(value - norm) for value in together])
    return rows


def posterior(log_pi, log_A, log_B, words):
    return np.array(_posterior(*_open(log_pi, log_A, log_B, words)))


def posterior_decode(log_pi, log_A, log_B, words):
    rows = _posterior(*_open(log_pi, log_A, log_B, words))
    return np.array([row.index(max(row)) for row in rows], dtype=np.int64)


def _counts(pi, A, B, words):
    states = range(len(pi))
    gamma = _posterior(pi, A, B, words)
    forward, total = _forward(pi, A, B, words)
    backward = _backward(pi, A, B, words)
    moves = [[0.0] * len(pi) for _ in states]
    emitted = [[0.0] * len(B[0]) for _ in states]
    for t, word in enumerate(words):
        for s in states:
            emitted[s][word] += gamma[t][s]
            if t == 0:
                continue
            for r in states:
                link = forward[t - 1][r] + A[r][s] + B[s][word] + backward[t][s]
                moves[r][s] += math.exp(link - total)
    return list(gamma[0]), moves, emitted


def expected_counts(log_pi, log_A, log_B, words):
    starts, moves, emitted = _counts(*_open(log_pi, log_A, log_B, words))
    return np.array(starts), np.array(moves), np.array(emitted)


def _add(total, more):
    for i, value in enumerate(more):
        if isinstance(value, list):
            _add(total[i], value)
        else:
            total[i] += value


def _logs(row, old):
    total = math.fsum(row)
    if total == 0:
        return old  # nothing is known about this row, any row does
    return [math.log(value / total) if value > 0 else -INF for value in row]


def baum_welch(sequences, n_states, n_words, iterations, seed):
    if not sequences:
        raise ValueError("sequences must not be empty")
    if n_states < 1:
        raise ValueError("n_states must be at least 1")
    if iterations < 0:
        raise ValueError("iterations must not be negative")
    generator = random.Random(seed)

    def start(size):
        row = [generator.uniform(0.5, 1.5) for _ in range(size)]
        return [math.log(value / sum(row)) for value in row]

    pi = start(n_states)
    A = [start(n_states) for _ in range(n_states)]
    B = [start(n_words) for _ in range(n_states)]
    data = []
    for words in sequences:
        try:
            data.append(check_words(words, B))
        except ValueError as error:
            raise ValueError(f"sequences: {error}") from None
    history = [math.fsum(_forward(pi, A, B, words)[1] for words in data)]
    for _ in range(iterations):
        starts = [0.0] * n_states
        moves = [[0.0] * n_states for _ in range(n_states)]
        emitted = [[0.0] * n_words for _ in range(n_states)]
        for words in data:
            for total, more in zip((starts, moves, emitted), _counts(pi, A, B, words)):
                _add(total, more)
        pi = _logs(starts, pi)
        A = [_logs(row, old) for row, old in zip(moves, A)]
        B = [_logs(row, old) for row, old in zip(emitted, B)]
        history.append(math.fsum(_forward(pi, A, B, words)[1] for words in data))
    return HMM(pi, A, B), history

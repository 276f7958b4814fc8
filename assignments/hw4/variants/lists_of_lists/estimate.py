"""Counting with nested lists."""

import math
import random

import numpy as np

from ._lists import INF, check_words, model_lists


class HMM:
    def __init__(self, log_pi, log_A, log_B):
        model_lists(log_pi, log_A, log_B)  # objects to shapes that do not agree
        self.log_pi = np.array(log_pi, dtype=np.float64)
        self.log_A = np.array(log_A, dtype=np.float64)
        self.log_B = np.array(log_B, dtype=np.float64)


def _log_shares(counts, alpha):
    total = 0.0
    for count in counts:
        total += count + alpha
    shares = []
    for count in counts:
        if total == 0:
            shares.append(-math.log(len(counts)))
        elif count + alpha == 0:
            shares.append(-INF)
        else:
            shares.append(math.log((count + alpha) / total))
    return shares


def estimate(sequences, tags, n_states, n_words, alpha=0.0):
    if alpha < 0:
        raise ValueError("alpha must not be negative")
    if len(sequences) != len(tags):
        raise ValueError("sequences and tags differ in length")
    first = [0] * n_states
    moves = [[0] * n_states for _ in range(n_states)]
    emitted = [[0] * n_words for _ in range(n_states)]
    for words, states in zip(sequences, tags):
        if len(words) != len(states):
            raise ValueError("a sentence of sequences and its tags differ in length")
        before = None
        for word, state in zip(words, states):
            if not 0 <= word < n_words:
                raise ValueError("sequences hold a word outside 0..n_words - 1")
            if not 0 <= state < n_states:
                raise ValueError("tags hold a state outside 0..n_states - 1")
            if before is None:
                first[state] += 1
            else:
                moves[before][state] += 1
            emitted[state][word] += 1
            before = state
    return HMM(
        _log_shares(first, alpha),
        [_log_shares(row, alpha) for row in moves],
        [_log_shares(row, alpha) for row in emitted],
    )


def sequence_log_prob(hmm, words, tags):
    pi, A, B = model_lists(hmm.log_pi, hmm.log_A, hmm.log_B)
    words = check_words(words, B)
    if len(words) != len(tags):
        raise ValueError("words and tags differ in length")
    total = 0.0
    before = None
    for word, state in zip(words, tags):
        if not 0 <= state < len(pi):
            raise ValueError("tags hold a state that the model does not have")
        total += pi[state] if before is None else A[before][state]
        total += B[state][word]
        before = state
    return float(total)


def _draw(generator, log_probabilities):
    weights = [math.exp(value) for value in log_probabilities]
    left = generator.random() * sum(weights)
    chosen = None
    for outcome, weight in enumerate(weights):
        if weight == 0.0:
            continue
        chosen = outcome  # the last possible one stays should rounding leave something over
        left -= weight
        if left < 0:
            break
    return chosen


def sample(hmm, length, seed):
    if length < 1:
        raise ValueError("length must be at least 1")
    pi, A, B = model_lists(hmm.log_pi, hmm.log_A, hmm.log_B)
    generator = random.Random(seed)
    words, tags = [], []
    for position in range(length):
        state = _draw(generator, pi if position == 0 else A[tags[-1]])
        tags.append(state)
        words.append(_draw(generator, B[state]))
    return words, tags

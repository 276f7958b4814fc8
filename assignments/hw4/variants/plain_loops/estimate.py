"""Dictionaries and loops."""

import math
import random
from collections import defaultdict

import numpy as np


class HMM:
    def __init__(self, log_pi, log_A, log_B):
        if not (log_A.ndim == log_B.ndim == 2 and log_A.shape[0] == log_A.shape[1] == log_B.shape[0] == log_pi.shape[0]):
            raise ValueError("log_pi, log_A, log_B do not fit together")
        self.log_pi = log_pi
        self.log_A = log_A
        self.log_B = log_B


def ln(x):
    return math.log(x) if x > 0 else -math.inf


def row(counts, size, alpha):
    total = sum(counts.values())
    if total + alpha * size == 0:
        return [-math.log(size)] * size
    return [ln((counts[i] + alpha) / (total + alpha * size)) for i in range(size)]


def estimate(sequences, tags, n_states, n_words, alpha=0.0):
    if alpha < 0:
        raise ValueError("alpha < 0")
    if len(sequences) != len(tags):
        raise ValueError("sequences and tags differ in length")
    start = defaultdict(int)
    after = [defaultdict(int) for _ in range(n_states)]
    says = [defaultdict(int) for _ in range(n_states)]
    for words, labels in zip(sequences, tags):
        if len(words) != len(labels):
            raise ValueError("a sentence of sequences and its tags differ in length")
        previous = None
        for w, y in zip(words, labels):
            if w not in range(n_words):
                raise ValueError(f"sequences: no word {w}")
            if y not in range(n_states):
                raise ValueError(f"tags: no tag {y}")
            if previous is None:
                start[y] += 1
            else:
                after[previous][y] += 1
            says[y][w] += 1
            previous = y
    return HMM(
        np.array(row(start, n_states, alpha)),
        np.array([row(c, n_states, alpha) for c in after]),
        np.array([row(c, n_words, alpha) for c in says]),
    )


def sequence_log_prob(hmm, words, tags):
    if not words:
        raise ValueError("words is empty")
    if len(words) != len(tags):
        raise ValueError("words and tags differ in length")
    total, previous = 0.0, None
    for w, y in zip(words, tags):
        if not 0 <= y < len(hmm.log_pi):
            raise ValueError("tags out of range")
        if not 0 <= w < len(hmm.log_B[0]):
            raise ValueError("words out of range")
        total += hmm.log_pi[y] if previous is None else hmm.log_A[previous][y]
        total += hmm.log_B[y][w]
        previous = y
    return float(total)


def sample(hmm, length, seed):
    if length < 1:
        raise ValueError("length must be positive")
    dice = random.Random(seed)

    def throw(logs):
        weights = [math.exp(x) for x in logs]
        return dice.choices(range(len(weights)), weights)[0]

    words, tags = [], []
    for _ in range(length):
        tags.append(throw(hmm.log_A[tags[-1]] if tags else hmm.log_pi))
        words.append(throw(hmm.log_B[tags[-1]]))
    return words, tags

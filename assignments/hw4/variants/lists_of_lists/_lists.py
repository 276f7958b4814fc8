"""The door from arrays to lists, and sums of logarithms."""

import math

INF = math.inf


def _plain(values):
    return values.tolist() if hasattr(values, "tolist") else list(values)


def model_lists(log_pi, log_A, log_B):
    pi, A, B = _plain(log_pi), _plain(log_A), _plain(log_B)
    states = len(pi)
    if states == 0 or isinstance(pi[0], list):
        raise ValueError("log_pi must be a row (S,) of at least one state")
    if len(A) != states or any(not isinstance(row, list) or len(row) != states for row in A):
        raise ValueError("log_A must have the shape (S, S)")
    if len(B) != states or any(not isinstance(row, list) or len(row) != len(B[0]) for row in B):
        raise ValueError("log_B must have the shape (S, V)")
    return pi, A, B


def check_words(words, B):
    words = _plain(words)
    if not words:
        raise ValueError("words must not be empty")
    for word in words:
        if not 0 <= word < len(B[0]):
            raise ValueError("words hold an id that log_B does not have")
    return words


def log_sum(values):
    values = list(values)
    top = max(values)
    if top == -INF:
        return -INF
    return top + math.log(math.fsum(math.exp(value - top) for value in values))

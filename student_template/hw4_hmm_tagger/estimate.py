"""The hidden Markov model: its tables, counted from tagged sentences; its joint probability;
sampling.

A sentence is generated tag by tag. The first tag comes from pi; each tag chooses its word from its
row of B, and the next tag from its row of A:

    p(words, tags) = pi[y_1] B[y_1, x_1] * A[y_1, y_2] B[y_2, x_2] * ... * A[y_T-1, y_T] B[y_T, x_T]

See Rabiner (1989), "A tutorial on hidden Markov models", and Jurafsky & Martin, Speech and Language
Processing, chapter 17 and appendix A.

Shapes:

    S  states (tags)        V  words        T  length of a sentence
    log_pi (S,)             log_A (S, S) [from, to]             log_B (S, V)
"""

from __future__ import annotations

import numpy as np


class HMM:
    """Three tables of natural logarithms, float64: .log_pi (S,), .log_A (S, S), .log_B (S, V).

    Raises ValueError naming log_pi, log_A or log_B if their shapes do not agree.
    """

    def __init__(self, log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()


def estimate(
    sequences: list[list[int]],
    tags: list[list[int]],
    n_states: int,
    n_words: int,
    alpha: float = 0.0,
) -> HMM:
    """Relative frequencies of starts, transitions and emissions, with alpha added to every count:

        pi[i] = (c(i starts) + alpha) / (sentences + alpha S)
        A[i, j] = (c(i, j) + alpha) / (sum_j c(i, j) + alpha S)
        B[i, w] = (c(i, w) + alpha) / (sum_w c(i, w) + alpha V)

    A row without any mass (alpha 0, nothing counted) is uniform. Nothing is counted from the end of
    a sentence to the beginning of the next. log 0 is -inf.

    Raises ValueError naming alpha (negative), sequences or tags (not of the same lengths, or an id
    out of range).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def sequence_log_prob(hmm: HMM, words: list[int], tags: list[int]) -> float:
    """The joint log-probability ln p(words, tags), -inf for an impossible pair.

    Raises ValueError naming words or tags (empty, not of the same length, an id out of range).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def sample(hmm: HMM, length: int, seed: int) -> tuple[list[int], list[int]]:
    """Words and tags of one random sentence. Anything of probability 0 never occurs.

    The same seed gives the same sentence, whatever the state of the global generators.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

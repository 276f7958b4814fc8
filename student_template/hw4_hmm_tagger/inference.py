"""What an HMM can tell without the tags: how probable a sentence is, which tag each word has, and,
from sentences alone, its own tables.

Where Viterbi takes the maximum over all paths, these sums go over all paths. One pass from the left
and one from the right is enough:

    alpha_t(j) = p(x_1 ... x_t, y_t = j)        beta_t(i) = p(x_t+1 ... x_T | y_t = i)
    p(x) = sum_j alpha_T(j)                     p(y_t = i | x) = alpha_t(i) beta_t(i) / p(x)

All of it in logarithms: log-sum-exp instead of a sum, so that 5,000 words do not underflow.
Baum et al. (1970); Rabiner (1989), sections III and IV. Baum-Welch is the EM algorithm of
Dempster, Laird & Rubin (1977) for HMMs, which is why its likelihood never decreases.

Shapes, and the three tables that most functions take first:

    S  states (tags)        V  words        T  length of a sentence
    log_pi (S,)             log_A (S, S) [from, to]             log_B (S, V)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .estimate import HMM


def forward_log(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> tuple[np.ndarray, float]:
    """The table ln alpha, (T, S) float64, and the log-likelihood ln p(words).

        ln alpha_1(j) = log_pi[j] + log_B[j, x_1]
        ln alpha_t(j) = ln sum_i exp(ln alpha_t-1(i) + log_A[i, j]) + log_B[j, x_t]

    Raises ValueError naming words (empty, or an id out of range) or a table (shapes that do not
    agree).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def backward_log(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> np.ndarray:
    """The table ln beta, (T, S) float64; its last row is 0.

        ln beta_t(i) = ln sum_j exp(log_A[i, j] + log_B[j, x_t+1] + ln beta_t+1(j))

    Raises ValueError as `forward_log`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def posterior(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> np.ndarray:
    """P(y_t = i | words) as probabilities, (T, S) float64; each row sums to 1.

    Raises ValueError as `forward_log`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def posterior_decode(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> np.ndarray:
    """The most probable tag of each word on its own, (T,) int64.

    On a tie, the smaller tag. No other way to decode gets more tags right on average, but the path
    as a whole may be improbable, even impossible. Raises ValueError as `forward_log`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def expected_counts(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How often each start (S,), transition (S, S) [from, to] and emission (S, V) is expected to
    have happened, given the words: the E step.

        E[i -> j] = sum over t of alpha_t(i) A[i, j] B[j, x_t+1] beta_t+1(j) / p(x)

    Raises ValueError as `forward_log`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def baum_welch(
    sequences: list[list[int]], n_states: int, n_words: int, iterations: int, seed: int
) -> tuple[HMM, list[float]]:
    """An HMM learnt from words alone, and the total log-likelihood of the sequences before the first
    and after each iteration: iterations + 1 values that never decrease, the last that of the HMM
    returned.

    The start is random, decided by `seed`: uniform tables would stay as they are, since nothing
    distinguishes the states. Each iteration replaces the tables by the relative frequencies of the
    expected counts; a row without any mass becomes uniform.

    Raises ValueError naming sequences (none, an empty one, an id out of range).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

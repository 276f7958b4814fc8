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
    ### BEGIN SOLUTION
    _check(log_pi, log_A, log_B, words)
    alpha = np.empty((len(words), len(log_pi)))  # (T, S)
    alpha[0] = log_pi + log_B[:, words[0]]
    for t in range(1, len(words)):
        # logaddexp of -inf and -inf is -inf: what is impossible stays so, without a nan
        alpha[t] = np.logaddexp.reduce(alpha[t - 1][:, None] + log_A, axis=0) + log_B[:, words[t]]
    return alpha, float(np.logaddexp.reduce(alpha[-1]))
    ### END SOLUTION


### BEGIN SOLUTION
def _check(log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]) -> None:
    n_states = len(log_pi)
    if log_A.shape != (n_states, n_states) or log_B.shape[:1] != (n_states,):
        raise ValueError("log_pi, log_A and log_B must be (S,), (S, S) and (S, V)")
    if len(words) == 0 or not 0 <= min(words) <= max(words) < log_B.shape[1]:
        raise ValueError(f"words must hold at least one id, each between 0 and {log_B.shape[1] - 1}")
### END SOLUTION


def backward_log(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> np.ndarray:
    """The table ln beta, (T, S) float64; its last row is 0.

        ln beta_t(i) = ln sum_j exp(log_A[i, j] + log_B[j, x_t+1] + ln beta_t+1(j))

    Raises ValueError as `forward_log`.
    """
    ### BEGIN SOLUTION
    _check(log_pi, log_A, log_B, words)
    beta = np.zeros((len(words), len(log_pi)))  # (T, S)
    for t in range(len(words) - 2, -1, -1):
        beta[t] = np.logaddexp.reduce(log_A + log_B[:, words[t + 1]] + beta[t + 1], axis=1)
    return beta
    ### END SOLUTION


def posterior(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> np.ndarray:
    """P(y_t = i | words) as probabilities, (T, S) float64; each row sums to 1.

    Raises ValueError as `forward_log`.
    """
    ### BEGIN SOLUTION
    alpha, log_likelihood = forward_log(log_pi, log_A, log_B, words)
    return np.exp(alpha + backward_log(log_pi, log_A, log_B, words) - log_likelihood)
    ### END SOLUTION


def posterior_decode(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> np.ndarray:
    """The most probable tag of each word on its own, (T,) int64.

    On a tie, the smaller tag. No other way to decode gets more tags right on average, but the path
    as a whole may be improbable, even impossible. Raises ValueError as `forward_log`.
    """
    ### BEGIN SOLUTION
    return posterior(log_pi, log_A, log_B, words).argmax(axis=1)
    ### END SOLUTION


def expected_counts(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How often each start (S,), transition (S, S) [from, to] and emission (S, V) is expected to
    have happened, given the words: the E step.

        E[i -> j] = sum over t of alpha_t(i) A[i, j] B[j, x_t+1] beta_t+1(j) / p(x)

    Raises ValueError as `forward_log`.
    """
    ### BEGIN SOLUTION
    alpha, log_likelihood = forward_log(log_pi, log_A, log_B, words)
    beta = backward_log(log_pi, log_A, log_B, words)
    gamma = np.exp(alpha + beta - log_likelihood)  # (T, S)
    ahead = log_B[:, words[1:]].T + beta[1:]  # (T-1, S)
    xi = np.exp(alpha[:-1, :, None] + log_A + ahead[:, None, :] - log_likelihood)  # (T-1, S, S)
    emissions = np.zeros(log_B.shape)  # (S, V)
    np.add.at(emissions.T, words, gamma)
    return gamma[0], xi.sum(axis=0), emissions
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    from .estimate import HMM  # here: all else in this file works without that one

    if not sequences or not all(sequences):
        raise ValueError("sequences must hold at least one sequence, and none may be empty")
    if any(not 0 <= word < n_words for words in sequences for word in words):
        raise ValueError(f"sequences must hold ids between 0 and {n_words - 1}")
    generator = np.random.default_rng(seed)
    shapes = ((n_states,), (n_states, n_states), (n_states, n_words))
    hmm = HMM(*(_log_rows(generator.uniform(0.5, 1.5, shape)) for shape in shapes))
    figures = [_log_likelihood(hmm, sequences)]
    for _ in range(iterations):
        counts = [np.zeros(shape) for shape in shapes]
        for words in sequences:
            found = expected_counts(hmm.log_pi, hmm.log_A, hmm.log_B, words)
            counts = [total + part for total, part in zip(counts, found, strict=True)]
        hmm = HMM(*map(_log_rows, counts))
        figures.append(_log_likelihood(hmm, sequences))
    return hmm, figures
    ### END SOLUTION


### BEGIN SOLUTION
def _log_likelihood(hmm: HMM, sequences: list[list[int]]) -> float:
    return sum(forward_log(hmm.log_pi, hmm.log_A, hmm.log_B, words)[1] for words in sequences)


def _log_rows(counts: np.ndarray) -> np.ndarray:
    """The logarithm of each row's proportions; uniform where a row is empty."""
    totals = counts.sum(axis=-1, keepdims=True)
    uniform = np.full_like(counts, 1 / counts.shape[-1])
    shares = np.divide(counts, totals, out=uniform, where=totals > 0)
    with np.errstate(divide="ignore"):  # ln 0 = -inf is meant
        return np.log(shares)
### END SOLUTION

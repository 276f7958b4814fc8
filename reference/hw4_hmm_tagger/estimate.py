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
        ### BEGIN SOLUTION
        n_states = len(log_pi)
        if log_A.shape != (n_states, n_states) or log_B.shape[:1] != (n_states,):
            raise ValueError("log_pi, log_A and log_B must be (S,), (S, S) and (S, V)")
        self.log_pi, self.log_A, self.log_B = log_pi, log_A, log_B
        ### END SOLUTION


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
    ### BEGIN SOLUTION
    if alpha < 0:
        raise ValueError("alpha must not be negative")
    if list(map(len, sequences)) != list(map(len, tags)):
        raise ValueError("sequences and tags must have the same lengths")
    _check_ids("sequences", [word for words in sequences for word in words], n_words)
    _check_ids("tags", [tag for row in tags for tag in row], n_states)
    starts = np.zeros(n_states)
    transitions = np.zeros((n_states, n_states))
    emissions = np.zeros((n_states, n_words))
    for words, row in zip(sequences, tags, strict=True):
        np.add.at(starts, row[:1], 1)
        np.add.at(transitions, (row[:-1], row[1:]), 1)
        np.add.at(emissions, (row, words), 1)
    return HMM(*(_log_rows(counts + alpha) for counts in (starts, transitions, emissions)))
    ### END SOLUTION


### BEGIN SOLUTION
def _check_ids(name: str, ids: list[int], count: int) -> None:
    if ids and not 0 <= min(ids) <= max(ids) < count:
        raise ValueError(f"{name} must hold ids between 0 and {count - 1}")


def _log_rows(counts: np.ndarray) -> np.ndarray:
    """The logarithm of each row's proportions; uniform where a row is empty."""
    totals = counts.sum(axis=-1, keepdims=True)
    uniform = np.full_like(counts, 1 / counts.shape[-1])
    shares = np.divide(counts, totals, out=uniform, where=totals > 0)
    with np.errstate(divide="ignore"):  # ln 0 = -inf is meant
        return np.log(shares)
### END SOLUTION


def sequence_log_prob(hmm: HMM, words: list[int], tags: list[int]) -> float:
    """The joint log-probability ln p(words, tags), -inf for an impossible pair.

    Raises ValueError naming words or tags (empty, not of the same length, an id out of range).
    """
    ### BEGIN SOLUTION
    if not words or len(words) != len(tags):
        raise ValueError("words and tags must have the same length, at least 1")
    n_states, n_words = hmm.log_B.shape
    _check_ids("words", words, n_words)
    _check_ids("tags", tags, n_states)
    chosen = hmm.log_pi[tags[0]] + hmm.log_A[tags[:-1], tags[1:]].sum()
    return float(chosen + hmm.log_B[tags, words].sum())
    ### END SOLUTION


def sample(hmm: HMM, length: int, seed: int) -> tuple[list[int], list[int]]:
    """Words and tags of one random sentence. Anything of probability 0 never occurs.

    The same seed gives the same sentence, whatever the state of the global generators.
    """
    ### BEGIN SOLUTION
    generator = np.random.default_rng(seed)
    pi, A, B = np.exp(hmm.log_pi), np.exp(hmm.log_A), np.exp(hmm.log_B)
    words: list[int] = []
    tags: list[int] = []
    for t in range(length):
        tags.append(_throw(A[tags[-1]] if t else pi, generator))
        words.append(_throw(B[tags[-1]], generator))
    return words, tags
    ### END SOLUTION


### BEGIN SOLUTION
def _throw(probabilities: np.ndarray, generator: np.random.Generator) -> int:
    """One draw: where a uniform number falls among the cumulative sums."""
    sums = probabilities.cumsum()
    # side="right" steps over a side of probability 0, even when the number falls on its border
    return int(np.searchsorted(sums, generator.random() * sums[-1], side="right"))
### END SOLUTION

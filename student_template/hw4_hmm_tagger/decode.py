"""Finding the tags of a sentence: the best path through a trellis.

Write the tags of an HMM as S rows and the words of a sentence as T columns: a trellis. A sentence's
tags are a path from left to right, and there are S^T of them. Each path costs what it collects:

    log_pi[y_1] + log_B[y_1, x_1] + log_A[y_1, y_2] + log_B[y_2, x_2] + ...

Viterbi's observation (1967): the best path that reaches tag j at position t consists of the best
path to some tag i at position t - 1, and one step from i to j. Had it begun with a worse path to i,
that could be replaced by the better one. So it is enough to remember, for each tag of a column, the
score of the best path that ends there, and where it came from:

    best_1(j) = log_pi[j] + log_B[j, x_1]
    best_t(j) = max over i of (best_t-1(i) + log_A[i, j]) + log_B[j, x_t]
    back_t(j) = the i of that maximum

At the end the best tag of the last column is known, and the back-pointers lead from it to the
beginning. That is T S^2 steps instead of S^T. Logarithms are needed because a product of 250 words'
probabilities is smaller than the smallest float64.

    pi = (.7 .3)      A = (.6 .4)      B = (.3 .4 .3)      words 1 2 0
                          (.2 .8)          (.1 .4 .5)

    word           1                 2                    0
    tag 0    .7 x .4 = .28     .28 x .6 x .3 = .0504    .0504 x .6 x .3 = .009072   <- the best end
                               from 0                    from 0  (.056 x .2 x .3 is less)
    tag 1    .3 x .4 = .12     .28 x .4 x .5 = .056     .056 x .8 x .1 = .00448
                               from 0                    from 1

    back from tag 0: 0 <- 0 <- 0. Greedy goes to the larger .056 at word 2 and ends in .00448.

Cheaper ways to decide may miss the best path: `greedy` chooses tag by tag and never looks back;
`beam_search` keeps the k best tags of each column.

Shapes, and the three tables that every function takes first:

    S  states (tags)        V  words        T  length of a sentence        B  sentences of a batch
    log_pi (S,)             log_A (S, S) [from, to]             log_B (S, V)
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def viterbi(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> tuple[np.ndarray, float]:
    """The most probable path, (T,) int64, and its joint log-probability.

    Ties go to the smallest final state, then to the smallest predecessor at each step back. If no
    path is possible, the score is -inf.

    Raises ValueError naming words (empty, or an id out of range) or a table (shapes that do not
    agree).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def greedy(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> tuple[np.ndarray, float]:
    """The best first state, then always the best next state given the last: (T,) int64, and the
    joint log-probability of that path. It may miss the best path: a poor step now can pay off
    later.

    Raises ValueError as `viterbi`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def beam_search(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int], k: int
) -> tuple[np.ndarray, float]:
    """Viterbi, but after each position only the k states of best score stay: (T,) int64, and the
    joint log-probability of the path. k = S is Viterbi, k = 1 is greedy.

    On a tie, the smaller state stays. Raises ValueError as `viterbi`, or naming k (below 1).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def viterbi_batch(
    log_pi: Tensor, log_A: Tensor, log_B: Tensor, words: Tensor, lengths: Tensor
) -> tuple[Tensor, Tensor]:
    """`viterbi` for many sentences at once: paths (B, T) int64 with -1 after each end, and scores
    (B,) of the tables' dtype, on their device; the same ties.

    words (B, T) int64; ids after a sentence's end do not matter. lengths (B,), each from
    1 to T. One loop over positions handles all sentences side by side.

    Raises ValueError naming words (an id out of range), lengths (a different shape, out of range)
    or a table (shapes that do not agree).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

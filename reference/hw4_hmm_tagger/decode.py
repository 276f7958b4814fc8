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
    ### BEGIN SOLUTION
    _check(log_pi, log_A, log_B, words)
    best = log_pi + log_B[:, words[0]]  # (S,)
    back = np.zeros((len(words), len(log_pi)), dtype=np.int64)  # (T, S); row 0 has no predecessor
    for t in range(1, len(words)):
        reach = best[:, None] + log_A  # (S, S) [from, to]
        back[t] = reach.argmax(axis=0)  # of equal ones argmax takes the first: the smallest
        best = reach.max(axis=0) + log_B[:, words[t]]  # (S,)
    return _follow(back, int(best.argmax())), float(best.max())
    ### END SOLUTION


### BEGIN SOLUTION
def _check(log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]) -> None:
    n_states = len(log_pi)
    if log_A.shape != (n_states, n_states) or log_B.shape[:1] != (n_states,):
        raise ValueError("log_pi, log_A and log_B must be (S,), (S, S) and (S, V)")
    if len(words) == 0 or not 0 <= min(words) <= max(words) < log_B.shape[1]:
        raise ValueError(f"words must hold at least one id, each between 0 and {log_B.shape[1] - 1}")


def _follow(back: np.ndarray, last: int) -> np.ndarray:
    """The path (T,) that ends in state `last`: read the back-pointers from right to left."""
    path = np.full(len(back), last, dtype=np.int64)
    for t in range(len(back) - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path
### END SOLUTION


def greedy(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int]
) -> tuple[np.ndarray, float]:
    """The best first state, then always the best next state given the last: (T,) int64, and the
    joint log-probability of that path. It may miss the best path: a poor step now can pay off
    later.

    Raises ValueError as `viterbi`.
    """
    ### BEGIN SOLUTION
    _check(log_pi, log_A, log_B, words)
    path = np.zeros(len(words), dtype=np.int64)
    score, arrive = 0.0, log_pi
    for t, word in enumerate(words):
        choices = arrive + log_B[:, word]  # (S,)
        path[t] = choices.argmax()
        score += float(choices[path[t]])
        arrive = log_A[path[t]]  # (S,)
    return path, score
    ### END SOLUTION


def beam_search(
    log_pi: np.ndarray, log_A: np.ndarray, log_B: np.ndarray, words: list[int], k: int
) -> tuple[np.ndarray, float]:
    """Viterbi, but after each position only the k states of best score stay: (T,) int64, and the
    joint log-probability of the path. k = S is Viterbi, k = 1 is greedy.

    On a tie, the smaller state stays. Raises ValueError as `viterbi`, or naming k (below 1).
    """
    ### BEGIN SOLUTION
    _check(log_pi, log_A, log_B, words)
    if k < 1:
        raise ValueError("k must be at least 1")
    best = _only_best(log_pi + log_B[:, words[0]], k)  # (S,)
    back = np.zeros((len(words), len(log_pi)), dtype=np.int64)  # (T, S)
    for t in range(1, len(words)):
        reach = best[:, None] + log_A  # (S, S) [from, to]
        back[t] = reach.argmax(axis=0)
        best = _only_best(reach.max(axis=0) + log_B[:, words[t]], k)
    return _follow(back, int(best.argmax())), float(best.max())
    ### END SOLUTION


### BEGIN SOLUTION
def _only_best(scores: np.ndarray, k: int) -> np.ndarray:
    """The scores (S,) with all but the k best struck out: no path goes through them any more."""
    struck = np.argsort(-scores, kind="stable")[k:]
    kept = scores.copy()
    kept[struck] = -np.inf
    return kept
### END SOLUTION


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
    ### BEGIN SOLUTION
    n_states = len(log_pi)
    if log_A.shape != (n_states, n_states) or log_B.shape[:1] != (n_states,):
        raise ValueError("log_pi, log_A and log_B must be (S,), (S, S) and (S, V)")
    live = _live(words, lengths, log_B.shape[1])  # (B, T) bool: the word belongs to the sentence
    ids = torch.where(live, words, 0).T  # (T, B)
    # sentences come last: what is done to all of them lies side by side in memory
    emission = log_B.index_select(1, ids.flatten()).view(n_states, *ids.shape)  # (S, T, B)
    columns = [log_pi[:, None] + emission[:, 0]]  # (S, B) each; behind a sentence's end, of no use
    for t in range(1, len(ids)):
        reach = columns[-1][:, None] + log_A[:, :, None]  # (from, to, B)
        columns.append(reach.amax(dim=0) + emission[:, t])
    rows = torch.arange(len(words), device=words.device)
    # max takes the first of equal ones, and is faster than argmax
    scores, state = torch.stack(columns)[lengths - 1, :, rows].max(dim=1)  # (B, S) -> (B,) each
    path = [state]
    for t in range(len(ids) - 1, 0, -1):
        # instead of a back-pointer for every state: which predecessor gave the one on the path?
        came_from = (columns[t - 1] + log_A.index_select(1, state)).max(dim=0).indices  # (S, B) -> (B,)
        state = torch.where(live[:, t], came_from, state)
        path.append(state)
    return torch.stack(path[::-1], dim=1).masked_fill(~live, -1), scores
    ### END SOLUTION


### BEGIN SOLUTION
def _live(words: Tensor, lengths: Tensor, n_words: int) -> Tensor:
    n_sentences, longest = words.shape
    if lengths.shape != (n_sentences,) or bool(((lengths < 1) | (lengths > longest)).any()):
        raise ValueError("lengths must be (B,), each between 1 and the width of words")
    live = torch.arange(longest, device=words.device) < lengths.to(words.device)[:, None]
    if bool((live & ((words < 0) | (words >= n_words))).any()):
        raise ValueError(f"words must hold ids between 0 and {n_words - 1}")
    return live
### END SOLUTION

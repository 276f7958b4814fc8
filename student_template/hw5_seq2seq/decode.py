"""Finding a good sentence under a model that gives the next word's probability.

Greedy search takes the best next word. Beam search keeps the k best beginnings (Lowerre 1976); for
translation: Sutskever, Vinyals & Le (2014), section 3.2. A sum of log-probabilities decreases with
every word, so long sentences need help: here ln p / length^length_penalty.

`model` is a `Seq2Seq` or a `Transformer`: begin, advance and select, see seq2seq.py.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Hypothesis = tuple[list[int], float]


@torch.no_grad()
def greedy(
    model, src: Tensor, src_lengths: Tensor, bos: int, eos: int, max_length: int
) -> list[list[int]]:
    """The best next word again and again, for each row of src (B, S) with src_lengths (B,).

    At most max_length words per row; each row ends at its own eos. The bos at the start and the eos
    at the end are not returned.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


@torch.no_grad()
def beam_search(
    model,  # either of two classes
    src: Tensor,
    src_lengths: Tensor,
    bos: int,
    eos: int,
    max_length: int,
    k: int,
    length_penalty: float = 0.0,
) -> list[tuple[list[int], float]]:
    """At most k hypotheses with their scores, best first, for one source src (1, S).

    Each step keeps the k most probable continuations of all hypotheses still open; those that end
    in eos are finished. After max_length steps the open ones compete as they are.

        score = ln p / length^length_penalty      length counts the words, and eos where there is one

    The words come without the bos at the start and the eos at the end. Ties go to the smaller
    sequence of words. k = 1 without penalty is greedy search.
    Raises ValueError naming k below 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def beam_search_table(
    log_probs: Tensor, bos: int, eos: int, k: int, length_penalty: float = 0.0
) -> list[tuple[list[int], float]]:
    """As `beam_search`, over a table instead of a model: log_probs (T, V, V) [step, last, next].

    At step 0 the last word is bos. T steps at most. -inf marks a word that cannot follow.
    Raises ValueError naming k below 1.
    """

    # YOUR CODE HERE
    raise NotImplementedError()

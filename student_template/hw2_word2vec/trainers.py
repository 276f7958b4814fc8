"""Bonus: training with the other losses, so that the vectors can be compared and not only their losses.

Each function returns tokens and float32 vectors without a gradient, as `skipgram.train` does. Any
optimiser will do, and any use of lr, as long as the handout's required quality is reached; no example
reaches over the end of a sentence.

Shapes:

    V  words     B  examples     W  places for contexts     K  negatives     d  dimension     L  longest path
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from .cbow import cbow_loss
from .corpus import Vocabulary, cbow_examples, skipgram_pairs
from .glove import cooccurrence, glove_loss
from .hierarchical import huffman
from .sampling import AliasSampler, negative_distribution
from .skipgram import sgns_loss
from .subword import subword_vector, to_jamo


def train_cbow(
    sentences: list[list[str]],
    dim: int = 50,
    window: int = 5,
    negatives: int = 5,
    epochs: int = 5,
    lr: float = 0.025,
    min_count: int = 1,
    batch_size: int = 512,
    seed: int = 0,
) -> tuple[list[str], Tensor]:
    """CBOW with negative sampling (`cbow_loss`). Returns the vocabulary's tokens and the vectors (V, dim)
    of words as contexts. Raises ValueError naming sentences when no word is left.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def train_hierarchical(
    sentences: list[list[str]],
    dim: int = 50,
    window: int = 5,
    epochs: int = 5,
    lr: float = 0.025,
    min_count: int = 1,
    batch_size: int = 512,
    seed: int = 0,
) -> tuple[list[str], Tensor]:
    """Skip-gram with hierarchical softmax: the center's vector predicts each context down the path of
    `huffman`. Returns the vocabulary's tokens and the centers' vectors (V, dim). Raises as `train_cbow`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def train_glove(
    sentences: list[list[str]],
    dim: int = 50,
    window: int = 5,
    epochs: int = 100,
    lr: float = 0.05,
    min_count: int = 1,
    seed: int = 0,
) -> tuple[list[str], Tensor]:
    """GloVe on the harmonic co-occurrences: an epoch is one look at the whole table. Returns the
    vocabulary's tokens and the sums of both vectors of each word, (V, dim). Raises as `train_cbow`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def train_subword(
    sentences: list[list[str]],
    dim: int = 50,
    window: int = 5,
    negatives: int = 5,
    epochs: int = 5,
    lr: float = 0.025,
    min_count: int = 1,
    buckets: int = 2000,
    batch_size: int = 512,
    seed: int = 0,
) -> tuple[list[str], Tensor]:
    """Skip-gram whose centers are the means of their n-grams' rows: FastText. Returns the vocabulary's
    tokens and the table (buckets, dim): any word, seen or not, has the vector

        subword_vector(to_jamo(word), table)

    Raises as `train_cbow`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

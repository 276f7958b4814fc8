"""Skip-gram with negative sampling: its loss, the gradient by hand, the model, the training.

    loss = mean over the pairs of  -ln s(v.u) - sum_k ln s(-n_k.u)

with u the vector of the center word, v of its context, n_k of the k-th negative, s the sigmoid:
Mikolov et al. (2013, "Distributed representations ..."), equation 4; the derivation is in Goldberg &
Levy (2014, "word2vec explained").

Shapes:

    B  pairs        K  negatives of a pair        d  dimension        V  words
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .corpus import Vocabulary, keep_probability, skipgram_pairs, subsample
from .sampling import AliasSampler, negative_distribution


def sgns_loss(center: Tensor, context: Tensor, negatives: Tensor) -> Tensor:
    """The loss above as a tensor (), for center (B, d), context (B, d), negatives (B, K, d).

    Finite for large scores; K may be 0. Raises ValueError naming center (no pair), or an argument
    whose shape does not agree with the others.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def sgns_gradients(
    center: Tensor, context: Tensor, negatives: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The derivatives of `sgns_loss` with respect to center (B, d), context (B, d) and negatives
    (B, K, d), written out by hand: no autograd. The results need no gradient. Raises as
    `sgns_loss`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class SkipGram(nn.Module):
    """Two float32 tables of vectors: one for words as centers, one for words as contexts.

    .in_embed: nn.Embedding (vocab_size, dim), uniform in [-0.5/dim, 0.5/dim), drawn by `seed`.
    .out_embed: nn.Embedding (vocab_size, dim), zero.
    """

    def __init__(self, vocab_size: int, dim: int, seed: int = 0) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, center: Tensor, context: Tensor, negatives: Tensor) -> Tensor:
        """`sgns_loss` of the ids center (B,), context (B,), negatives (B, K), a tensor ()."""
        # YOUR CODE HERE
        raise NotImplementedError()


def train(
    sentences: list[list[str]],
    dim: int = 50,
    window: int = 5,
    negatives: int = 5,
    epochs: int = 5,
    lr: float = 0.025,
    min_count: int = 1,
    t: float = 1e-3,
    batch_size: int = 512,
    seed: int = 0,
) -> tuple[list[str], Tensor]:
    """Train word vectors. Returns the tokens of `Vocabulary(sentences, min_count)` and the center
    vectors, float32 (V, dim), without a gradient: row i belongs to tokens[i].

    No pair reaches over the end of a sentence. Any optimiser will do, and any use of lr, as long as
    the handout's required quality is reached. Raises ValueError naming sentences when no word is
    left.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

"""Bonus: BERT's two losses over an encoder of your own layers, and how large the published ones are.

An encoder reads from both sides, so it cannot be asked for the next word: it would see it. BERT
masks words and asks for those, and asks whether one sentence follows another: Devlin et al. (2019),
section 3.1.

Shapes:

    B  batch      T  positions of an input      D  width      V  vocabulary
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .transformer import EncoderLayer, LayerNorm, padding_mask


def masked_word_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean of -ln P(label) over the positions whose label is not -100, a tensor (). Without any
    such position it is 0.

    logits (B, T, V), labels (B, T) int64 as `mask_tokens` returns them.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def next_sentence_loss(logits: Tensor, is_next: Tensor) -> Tensor:
    """The mean of -ln P(is_next) over the batch, a tensor ().

    logits (B, 2), where column 1 means that the second sentence follows the first; is_next (B,)
    bool.

    Raises ValueError naming is_next if it is not of shape (B,).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class BERT(nn.Module):
    """Word, segment and position vectors (three learnt tables), their sum normalised, then `layers`
    of your EncoderLayer.

    Two outputs: at each position the logits of the words, and at the first position, that of [CLS],
    the logits of "does not follow" and "follows". The same seed gives the same weights.
    """

    def __init__(
        self,
        vocab: int,
        d_model: int = 64,
        heads: int = 4,
        layers: int = 2,
        d_ff: int = 256,
        max_len: int = 128,
        seed: int = 0,
    ) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def encode(self, ids: Tensor, segments: Tensor, lengths: Tensor) -> Tensor:
        """A contextual vector for each position, (B, T, D).

        ids and segments (B, T), lengths (B,), all int64. Padding after the end of an input has no
        influence on its positions.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, ids: Tensor, segments: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The logits of the words (B, T, V) and of the next sentence (B, 2)."""
        # YOUR CODE HERE
        raise NotImplementedError()


def bert_parameters(vocab: int, layers: int, d_model: int, max_len: int = 512) -> int:
    """How many parameters the published BERT of these sizes has, by arithmetic: three embedding
    tables and their norm, `layers` encoder layers with d_ff = 4 d_model, biases and two norms each,
    and a last linear layer (d_model to d_model) for [CLS]. The output layers of the two losses do
    not count.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

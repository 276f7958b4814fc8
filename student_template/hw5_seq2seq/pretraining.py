"""Bonus: BERT's two losses over an encoder of your own layers, and how large the published ones are.

An encoder reads from both sides, so it cannot be asked for the next word: it would see it. BERT hides
words and asks for those, and asks whether two sentences belong together: Devlin et al. (2019), section
3.1.

Shapes:

    B  batch      T  places of an input      D  width      V  vocabulary
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .transformer import EncoderLayer, LayerNorm, padding_mask


def masked_word_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean of -ln P(label) over the places whose label is not -100, a tensor (); none: 0.

    logits (B, T, V), labels (B, T) int64 as `mask_tokens` gives them.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def next_sentence_loss(logits: Tensor, is_next: Tensor) -> Tensor:
    """The mean of -ln P(is_next) over the batch, a tensor (), for logits (B, 2), of which column 1 says
    that the second sentence follows the first, and is_next (B,) bool.

    Raises ValueError naming is_next if it is not of shape (B,).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class BERT(nn.Module):
    """Word, segment and position (a learnt table) summed and normed, then `layers` of your EncoderLayer.

    Its two heads: logits over the words at each place, and from the first place, that of [CLS], the
    logits of "does not follow" and "follows". The same seed gives the same weights.
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
        """A contextual vector for each place, (B, T, D): ids and segments (B, T), lengths (B,) int64.

        What stands behind the end of an input has no influence on its places.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, ids: Tensor, segments: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The logits of the words (B, T, V) and of the next sentence (B, 2)."""
        # YOUR CODE HERE
        raise NotImplementedError()


def bert_parameters(vocab: int, layers: int, d_model: int, max_len: int = 512) -> int:
    """How many parameters the published BERT of these sizes has, by arithmetic: three embedding tables
    and their norm, `layers` encoder layers with d_ff = 4 d_model, biases and two norms each, and a last
    linear layer (d_model to d_model) over [CLS]. The heads of the two losses do not count.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

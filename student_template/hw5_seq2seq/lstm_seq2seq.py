"""Bonus: translation without attention, as it began: two LSTMs, and only a state between them.

Sutskever, Vinyals & Le (2014). Everything that the decoder knows about the source is in h and c: the
bottleneck that attention opens.

Shapes:

    B  batch      S  source length      T  target length      L  layers      H  units
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMSeq2Seq(nn.Module):
    """An LSTM of `layers` layers reads the source from the left; its final (h, c) is the first state
    of a second LSTM, which writes. Dropout acts in training mode only, on the embeddings and
    between the layers.

    The same seed gives the same weights, whatever the state of the global generators. For decoding
    it has the same methods as `Seq2Seq`.
    """

    def __init__(
        self,
        src_vocab: int,
        tgt_vocab: int,
        embed: int,
        hidden: int,
        layers: int = 2,
        dropout: float = 0.5,
        seed: int = 0,
    ) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def encode(self, src: Tensor, src_lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The state (h, c), each (L, B, H), after the last real word of src (B, S), src_lengths (B,)."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(
        self,
        src: Tensor,
        src_lengths: Tensor,
        tgt: Tensor,
        teacher_forcing: float = 1.0,
        seed: int = 0,
    ) -> Tensor:
        """Logits (B, T-1, V) for src (B, S), src_lengths (B,), tgt (B, T). Which word each position
        reads is decided as in `Seq2Seq.forward`.

        Raises ValueError naming teacher_forcing outside [0, 1].
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def begin(self, src: Tensor, src_lengths: Tensor):  # the state is the student's own
        """The state after the source and before the first word."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def advance(self, tokens: Tensor, state):
        """Read one word for each row: tokens (B,) -> log-probabilities (B, V) of the next, new state."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def select(self, state, indices: Tensor):
        """The state of the rows `indices` (K,) int64, in this order; rows may be selected repeatedly."""
        # YOUR CODE HERE
        raise NotImplementedError()

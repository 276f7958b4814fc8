"""Bonus: what a whole text says, by a bidirectional LSTM of two layers.

The upper layer reads what the lower one has understood at each word, from both sides. What is left
when both directions of the upper layer have read everything stands for the text: after Dai & Le (2015)
and the practice of the course.

Shapes:

    B  texts        T  words of the longest        H  units of one direction
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class SentimentClassifier(nn.Module):
    """Embedding -> LSTM of `layers` layers, two directions of `hidden` units each -> their final
    states, side by side -> linear -> logits.

    Dropout acts in training mode, between the layers and on the final states. The same seed gives the
    same network.
    """

    def __init__(
        self,
        vocab: int,
        dim: int,
        hidden: int,
        classes: int = 2,
        layers: int = 2,
        dropout: float = 0.5,
        seed: int = 0,
    ) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Logits (B, classes) for ids (B, T) int64 with lengths (B,) int64, each 1 to T, in any order.

        What stands behind the end of a text has no influence.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

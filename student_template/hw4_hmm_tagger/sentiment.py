"""Bonus: the sentiment of a whole text, by a bidirectional LSTM of two layers.

The upper layer reads what the lower one made of each word, from both sides. The final states of the
top layer's two directions represent the text: after Dai & Le (2015) and the lab session of the
course.

Shapes:

    B  texts        T  words of the longest        H  units of one direction
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class SentimentClassifier(nn.Module):
    """Embedding -> LSTM of `layers` layers, two directions of `hidden` units each -> the final
    states of the top layer, side by side -> linear -> logits.

    Dropout acts in training mode only, between the layers and on the final states. The same seed
    gives the same network.
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

        Padding after the end of a text has no influence.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

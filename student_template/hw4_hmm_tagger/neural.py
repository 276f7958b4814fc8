"""Bonus: a bidirectional LSTM tagger over words and their characters.

The LSTM from the left and the LSTM from the right have seen the whole sentence when they meet at a
word. The characters help where the word is new. Huang, Xu & Yu (2015); Lample et al. (2016).

Shapes:

    T  words of a sentence      L  letters of its longest word      S  tags
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class BiLSTMTagger(nn.Module):
    """words: the known words; all others share one vector. tags: the tag set. pretrained: vectors
    (len(words), word_dim), row i for words[i]; they are copied in, and trained further.

    The same seed gives the same tagger. Raises ValueError naming pretrained for a different shape.
    """

    def __init__(
        self,
        words: list[str],
        tags: list[str],
        word_dim: int = 64,
        char_dim: int = 16,
        hidden: int = 64,
        pretrained: Tensor | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def fit(
        self,
        sentences: list[list[tuple[str, str]]],
        epochs: int = 5,
        lr: float = 1e-2,
        seed: int = 0,
    ) -> BiLSTMTagger:
        """Learn from sentences of (word, tag), in an order that `seed` shuffles. Returns self.

        Raises ValueError naming sentences if one has a tag not in tags.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def tag(self, words: list[str]) -> list[str]:
        """The most probable tag of each word; empty for no words."""
        # YOUR CODE HERE
        raise NotImplementedError()

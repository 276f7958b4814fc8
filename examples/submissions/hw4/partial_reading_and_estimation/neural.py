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

UNKNOWN = 0  # id of what is not in the vocabulary, for words and for characters
HIDDEN_WORDS = 0.1  # share of the words that training shows as unknown: the letters must tell then


class BiLSTMTagger(nn.Module):
    """words: the known words; all others share one vector. tags: the tag set. pretrained: vectors
    (len(words), word_dim), row i for words[i]; they are copied in, and trained further.

    The same seed makes the same tagger. Raises ValueError naming pretrained for another shape.
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
        raise NotImplementedError()

    def forward(self, words: list[str], hidden_words: Tensor | None = None) -> Tensor:
        """Logits (T, S); words where hidden_words (T,) is True count as unknown."""
        raise NotImplementedError()

    def _spelling(self, words: list[str]) -> Tensor:
        """(T, 2 char_dim): where the two letter LSTMs end, one reading from each side."""
        raise NotImplementedError()

    def fit(
        self,
        sentences: list[list[tuple[str, str]]],
        epochs: int = 5,
        lr: float = 1e-2,
        seed: int = 0,
    ) -> BiLSTMTagger:
        """Learn from sentences of (word, tag), in an order that `seed` shuffles. Returns self.

        Raises ValueError naming sentences when one has another tag.
        """
        raise NotImplementedError()

    def tag(self, words: list[str]) -> list[str]:
        """The most probable tag of each word; none for no words."""
        raise NotImplementedError()

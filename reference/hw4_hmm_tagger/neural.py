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

### BEGIN SOLUTION
UNKNOWN = 0  # id of what is not in the vocabulary, for words and for characters
HIDDEN_WORDS = 0.1  # share of the words that training shows as unknown: the letters must tell then
### END SOLUTION


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
        ### BEGIN SOLUTION
        if pretrained is not None and pretrained.shape != (len(words), word_dim):
            raise ValueError("pretrained must have shape (len(words), word_dim)")
        self.tags = list(tags)
        self.words = {word: i for i, word in enumerate(words, start=1)}
        letters = sorted({letter for word in words for letter in word})
        self.letters = {letter: i for i, letter in enumerate(letters, start=1)}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.word_embedding = nn.Embedding(len(words) + 1, word_dim)
            self.letter_embedding = nn.Embedding(len(letters) + 1, char_dim)
            self.letter_lstm = nn.LSTM(char_dim, char_dim, bidirectional=True, batch_first=True)
            self.lstm = nn.LSTM(word_dim + 2 * char_dim, hidden, bidirectional=True)
            self.output = nn.Linear(2 * hidden, len(tags))
        if pretrained is not None:
            with torch.no_grad():
                self.word_embedding.weight[1:] = pretrained
        ### END SOLUTION

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
        ### BEGIN SOLUTION
        if any(tag not in self.tags for sentence in sentences for _, tag in sentence):
            raise ValueError("sentences must hold no other tags than those of the tagger")
        states = {tag: i for i, tag in enumerate(self.tags)}
        generator = torch.Generator().manual_seed(seed)
        optimiser = torch.optim.Adam(self.parameters(), lr=lr)
        for _ in range(epochs):
            for number in torch.randperm(len(sentences), generator=generator).tolist():
                words = [word for word, _ in sentences[number]]
                gold = torch.tensor([states[tag] for _, tag in sentences[number]])
                hidden_words = torch.rand(len(words), generator=generator) < HIDDEN_WORDS
                logits = _logits(self, words, hidden_words)
                optimiser.zero_grad()
                nn.functional.cross_entropy(logits, gold.to(logits.device)).backward()
                optimiser.step()
        return self
        ### END SOLUTION

    def tag(self, words: list[str]) -> list[str]:
        """The most probable tag of each word; empty for no words."""
        ### BEGIN SOLUTION
        if not words:
            return []
        with torch.no_grad():
            return [self.tags[state] for state in _logits(self, words).argmax(dim=1).tolist()]
        ### END SOLUTION


### BEGIN SOLUTION
def _logits(
    tagger: BiLSTMTagger, words: list[str], hidden_words: Tensor | None = None
) -> Tensor:
    """Logits (T, S); words where hidden_words (T,) is True count as unknown."""
    ids = torch.tensor([tagger.words.get(word, UNKNOWN) for word in words])  # (T,)
    if hidden_words is not None:
        ids = ids.masked_fill(hidden_words, UNKNOWN)
    ids = ids.to(tagger.output.weight.device)
    inputs = torch.cat([tagger.word_embedding(ids), _spelling(tagger, words)], dim=1)
    return tagger.output(tagger.lstm(inputs)[0])


def _spelling(tagger: BiLSTMTagger, words: list[str]) -> Tensor:
    """(T, 2 char_dim): where the two letter LSTMs end, one reading from each side."""
    rows = [[tagger.letters.get(letter, UNKNOWN) for letter in word] or [UNKNOWN] for word in words]
    longest = max(map(len, rows))
    padded = torch.tensor([row + [UNKNOWN] * (longest - len(row)) for row in rows])  # (T, L)
    padded = padded.to(tagger.output.weight.device)
    packed = pack_padded_sequence(
        tagger.letter_embedding(padded),  # (T, L, char_dim)
        torch.tensor([len(row) for row in rows]),
        batch_first=True,
        enforce_sorted=False,
    )
    _, (ends, _) = tagger.letter_lstm(packed)  # (2, T, char_dim)
    return torch.cat([ends[0], ends[1]], dim=1)
### END SOLUTION

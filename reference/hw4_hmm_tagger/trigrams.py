"""A stronger tagger by counting: tag trigrams, and tags guessed from a word's ending.

Not part of the homework: what its HMM lacks to reach the published figures. After Brants (2000),
"TnT: a statistical part-of-speech tagger":

- the next tag follows from the last two; the three estimates are interpolated, with weights from
  deleted interpolation (section 2.2);
- P(tag | ending) is smoothed from the empty ending up to the longest, with weight THETA on the
  shorter one (section 2.3, "successive abstraction"), over words that are rare in training;
- a word's own counts are smoothed towards what its ending tells: m pseudo-counts of that guess. An
  unknown word has no counts, so that its ending decides alone; a frequent one hardly notices.
  Brants has two cases here, known and unknown; words seen once need both;
- a word with capitals is guessed from its lower-case form too, where that is known: half and half.

By Bayes, P(word | tag) is P(tag | word) / P(tag) times a factor that is the same for all tags.

Shapes:

    S  tags      T  words of a sentence
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict

import numpy as np

LONGEST = 10  # letters of an ending
RARE = 10  # a word that occurs at most so often tells about endings
FLOOR = 1e-10  # nothing is impossible


class TrigramTagger:
    """Counts of tagged sentences; `tag` finds the most probable tags.

    `state` is plain data from which `TrigramTagger.restored` makes the same tagger.
    """

    def __init__(self, sentences: list[list[tuple[str, str]]], m: float = 1.0) -> None:
        """Sentences of (word, tag), at least one word; m above 0."""
        self.tags = sorted({tag for sentence in sentences for _, tag in sentence})
        self.m = m
        ids = {tag: i for i, tag in enumerate(self.tags)}
        self.words: dict[str, list[int]] = defaultdict(lambda: [0] * len(self.tags))
        for sentence in sentences:
            for word, tag in sentence:
                self.words[word][ids[tag]] += 1
        self.words = dict(self.words)
        self.log_steps = _steps([[ids[tag] for _, tag in s] for s in sentences], len(self.tags))
        self._prepare()

    def _prepare(self) -> None:
        table = np.array(list(self.words.values()), dtype=np.float64)  # (V, S)
        self._share = table.sum(axis=0) / table.sum()  # (S,)
        self._theta = float(np.std(self._share, ddof=1))  # Brants' equation 10
        self._endings: dict[str, np.ndarray] = {}
        for word, counts in zip(self.words, table, strict=True):
            if counts.sum() <= RARE:
                for ending in endings(word):
                    known = self._endings.get(ending)
                    self._endings[ending] = counts.copy() if known is None else known + counts
        self._known: dict[str, np.ndarray] = {}

    @property
    def state(self) -> dict[str, object]:
        """Plain data."""
        return {
            "tags": self.tags, "m": self.m, "words": self.words, "steps": self.log_steps.tolist()
        }

    @classmethod
    def restored(cls, state: dict) -> TrigramTagger:
        """The tagger whose `state` this was."""
        made = cls.__new__(cls)
        made.tags, made.m, made.words = state["tags"], state["m"], state["words"]
        made.log_steps = np.array(state["steps"])
        made._prepare()  # noqa: SLF001 - one of its own
        return made

    def with_m(self, m: float) -> TrigramTagger:
        """The same counts with other pseudo-counts."""
        return TrigramTagger.restored({**self.state, "m": m})

    def guess(self, word: str) -> np.ndarray:
        """P(tag | ending) of a word, (S,)."""
        found = self._share
        for ending in endings(word):
            counts = self._endings.get(ending)
            if counts is None:
                break
            found = (counts / counts.sum() + self._theta * found) / (1 + self._theta)
        return found

    def emission(self, word: str) -> np.ndarray:
        """ln P(tag | word) - ln P(tag), (S,)."""
        known = self._known.get(word)
        if known is None:
            counts = np.array(self.words.get(word, [0] * len(self.tags)), dtype=np.float64)
            guess, low = self.guess(word), word.lower()
            if low != word and low in self.words:
                below = np.array(self.words[low], dtype=np.float64)
                guess = (guess + below / below.sum()) / 2
            by_word = (counts + self.m * guess) / (counts.sum() + self.m)
            known = self._known[word] = np.log(by_word + FLOOR) - np.log(self._share)
        return known

    def tag(self, words: list[str]) -> list[str]:
        """The most probable tags; empty for no words."""
        if not words:
            return []
        size = len(self.tags)
        start = size  # the tag before a sentence, twice
        best = self.log_steps[start, start] + self.emission(words[0])  # (S,): next is all there is
        table = np.full((size + 1, size), -np.inf)  # [last but one, last]
        table[start] = best
        back = []
        for word in words[1:]:
            # (from, last) + (from, last, to) -> the best `from` for each (last, to)
            reach = table[:, :, None] + self.log_steps[:, :size]
            back.append(reach.argmax(axis=0))  # (last, to)
            table = np.full_like(table, -np.inf)
            table[:size] = reach.max(axis=0) + self.emission(word)
        last_but_one, last = np.unravel_index(table.argmax(), table.shape)
        path = [int(last)]
        for pointers in reversed(back):
            path.append(int(last_but_one))
            last_but_one, last = pointers[last_but_one, last], last_but_one
        return [self.tags[i] for i in reversed(path)]


def endings(word: str) -> list[str]:
    """From the shortest to the longest; Hangul by its letters, since particles end in the middle of
    a syllable. Words with a capital, and words with a digit, have endings of their own.
    """
    letters = unicodedata.normalize("NFD", word)
    kind = "0" if any(c.isdigit() for c in word) else "A" if word[:1].isupper() else "a"
    low = letters.lower()
    return [kind + low[len(low) - n :] for n in range(min(len(low), LONGEST) + 1)]


def _steps(sentences: list[list[int]], size: int) -> np.ndarray:
    """ln P(next | last two), (S + 1, S + 1, S) [last but one, last, next]; row S is the start."""
    ones, twos, threes = Counter(), Counter(), Counter()
    for sentence in sentences:
        row = [size, size, *sentence]
        for a, b, c in zip(row, row[1:], row[2:], strict=False):
            ones[c] += 1
            twos[b, c] += 1
            threes[a, b, c] += 1
    total = sum(ones.values())
    after, contexts = Counter(), Counter()
    for (b, _), count in twos.items():
        after[b] += count
    for (a, b, _), count in threes.items():
        contexts[a, b] += count
    weights = np.zeros(3)
    for (a, b, c), count in threes.items():
        # each trigram is taken out once: which estimate would have told it best?
        told = [
            (ones[c] - 1) / max(total - 1, 1),
            (twos[b, c] - 1) / (after[b] - 1) if after[b] > 1 else 0.0,
            (count - 1) / (contexts[a, b] - 1) if contexts[a, b] > 1 else 0.0,
        ]
        weights[int(np.argmax(told))] += count
    weights /= weights.sum()
    found = np.zeros((size + 1, size + 1, size))
    for c, count in ones.items():
        found[:, :, c] += weights[0] * count / total
    for (b, c), count in twos.items():
        found[:, b, c] += weights[1] * count / after[b]
    for (a, b, c), count in threes.items():
        found[a, b, c] += weights[2] * count / contexts[a, b]
    return np.log(found + FLOOR)

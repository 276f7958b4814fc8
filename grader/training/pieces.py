"""Pieces of words by byte-pair encoding: Sennrich, Haddow & Birch (2016).

The most frequent pair of neighbouring pieces becomes one piece, again and again. A student's
machine has torch and NumPy and nothing else, so this is here in place of a library.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from heapq import heapify, heappop, heappush
from itertools import pairwise

PAD, BOS, EOS, UNK = range(4)
SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
SPACE = "\u2581"  # begins a word, as SentencePiece writes it

Pair = tuple[str, str]


class Pieces:
    """Text to ids and back. Ids 0 to 3 are pad, bos, eos and unk."""

    def __init__(self, names: Sequence[str], merges: Sequence[Pair]) -> None:
        self.names, self.merges = list(names), [tuple(pair) for pair in merges]
        self._ids = {name: i for i, name in enumerate(self.names)}
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self._cut = cache(self._pieces_of)

    @classmethod
    def learn(cls, sentences: Sequence[str], size: int) -> Pieces:
        """At most `size` pieces, the four special ones and every character among them.

        Raises ValueError with the smallest possible size.
        """
        counts = Counter(part for sentence in sentences for part in _parts(sentence))
        letters = sorted({letter for word in counts for letter in word})
        names, merges = [*SPECIAL, *letters], []
        if size < len(names):
            raise ValueError(len(names))
        words = [(list(word), count) for word, count in counts.items()]
        pairs: Counter[Pair] = Counter()
        where: defaultdict[Pair, set[int]] = defaultdict(set)
        for number, (pieces, count) in enumerate(words):
            for pair in _pairs(pieces):
                pairs[pair] += count
                where[pair].add(number)
        known = set(names)
        # the largest count first; entries whose count has changed since are passed over
        heap = [(-count, pair) for pair, count in pairs.items()]
        heapify(heap)
        while len(names) < size and heap:
            count, best = heappop(heap)
            if -count != pairs[best]:
                continue
            if count > -2:
                break
            merges.append(best)
            if (joined := best[0] + best[1]) not in known:
                known.add(joined)
                names.append(joined)
            changed: set[Pair] = set()
            for number in where.pop(best):
                pieces, count = words[number]
                before = _pairs(pieces)
                _join(pieces, best)
                after = _pairs(pieces)
                for pair in before:
                    pairs[pair] -= count
                for pair in after:
                    pairs[pair] += count
                    where[pair].add(number)
                changed.update(before, after)
            for pair in changed:
                heappush(heap, (-pairs[pair], pair))
        return cls(names, merges)

    def __len__(self) -> int:
        return len(self.names)

    def encode(self, sentence: str) -> list[int]:
        """Ids without bos and eos."""
        return [i for part in _parts(sentence) for i in self._cut(part)]

    def decode(self, ids: Sequence[int]) -> str:
        """The text again."""
        kept = (self.names[i] for i in ids if i >= len(SPECIAL))
        return "".join(kept).replace(SPACE, " ").strip()

    def shown(self, ids: Sequence[int]) -> list[str]:
        """How the ids are written."""
        return [self.names[i] for i in ids]

    def _pieces_of(self, word: str) -> list[int]:
        pieces = list(word)
        while ranked := [p for p in _pairs(pieces) if p in self._ranks]:
            _join(pieces, min(ranked, key=self._ranks.__getitem__))
        return [self._ids.get(piece, UNK) for piece in pieces]


def _parts(sentence: str) -> list[str]:
    """Words, and each sign by itself: no piece reaches over. A blank goes with what follows."""
    return re.findall(rf"{SPACE}?\w+|{SPACE}?[^\w{SPACE}]", SPACE + SPACE.join(sentence.split()))


def _pairs(pieces: Sequence[str]) -> list[Pair]:
    return list(pairwise(pieces))


def _join(pieces: list[str], pair: Pair) -> None:
    """Make one piece of each such pair, from left to right, in place."""
    at = 0
    while at < len(pieces) - 1:
        if (pieces[at], pieces[at + 1]) == pair:
            pieces[at : at + 2] = [pair[0] + pair[1]]
        at += 1

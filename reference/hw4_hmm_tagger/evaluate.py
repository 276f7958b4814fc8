"""How good tags are, and a tagger built from the other files.

Words that were seen in training and words that were not are counted separately: the average hides
that a tagger guesses the unknown ones. Spans (names of people, places) are right as a whole or not
at all: Ramshaw & Marcus (1995) for the tags B, I, O; Tjong Kim Sang & De Meulder (2003) for
counting spans.

`gold` and `predicted` are lists of sentences, each a list of tags.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .estimate import HMM

UNKNOWN = "<unk>"


def accuracy(gold: list[list[str]], predicted: list[list[str]]) -> float:
    """The fraction of tokens, over all sentences, whose tag is right.

    Raises ValueError naming gold or predicted (no token, or not of the same lengths).
    """
    ### BEGIN SOLUTION
    pairs = _pairs(gold, predicted)
    if not pairs:
        raise ValueError("gold must hold at least one token")
    return sum(g == p for g, p in pairs) / len(pairs)
    ### END SOLUTION


### BEGIN SOLUTION
def _pairs(gold: list[list[str]], predicted: list[list[str]]) -> list[tuple[str, str]]:
    """(gold tag, predicted tag) of every token."""
    if list(map(len, gold)) != list(map(len, predicted)):
        raise ValueError("gold and predicted must have the same lengths")
    return [pair for rows in zip(gold, predicted, strict=True) for pair in zip(*rows, strict=True)]
### END SOLUTION


def known_unknown_accuracy(
    gold: list[list[str]], predicted: list[list[str]], words: list[list[str]], known: set[str]
) -> tuple[float, float]:
    """Accuracy over the tokens whose word is in `known`, and over the others; 0.0 where there are
    none.

    Raises ValueError naming gold, predicted or words when they are not of the same lengths.
    """
    ### BEGIN SOLUTION
    if list(map(len, gold)) != list(map(len, words)):
        raise ValueError("gold and words must have the same lengths")
    hits, totals = {True: 0, False: 0}, {True: 0, False: 0}
    tokens = [word for sentence in words for word in sentence]
    for word, (g, p) in zip(tokens, _pairs(gold, predicted), strict=True):
        totals[word in known] += 1
        hits[word in known] += g == p
    of_known, of_unknown = (_ratio(hits[which], totals[which]) for which in (True, False))
    return of_known, of_unknown
    ### END SOLUTION


### BEGIN SOLUTION
def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
### END SOLUTION


def spans(tags: list[str]) -> list[tuple[str, int, int]]:
    """(type, start, end) of every span in BIO tags, from left to right; end is exclusive.

    B-X begins a span of type X, I-X continues one of type X, O is outside. An I-X that continues
    nothing (at the start, after O, after another type) begins a span.
    """
    ### BEGIN SOLUTION
    found: list[tuple[str, int, int]] = []
    for i, tag in enumerate(tags):
        mark, _, kind = tag.partition("-")
        if mark == "I" and found and found[-1][0] == kind and found[-1][2] == i:
            found[-1] = (kind, found[-1][1], i + 1)
        elif mark != "O":
            found.append((kind, i, i + 1))
    return found
    ### END SOLUTION


def span_f1(
    gold: list[list[str]], predicted: list[list[str]]
) -> tuple[float, float, float]:
    """Precision, recall and F1 of spans that agree in type, start and end, over all sentences;
    each 0.0 where it is undefined.

    Raises ValueError naming gold or predicted when they are not of the same lengths.
    """
    ### BEGIN SOLUTION
    _pairs(gold, predicted)  # for its complaints
    true, said = (
        {(n, *span) for n, tags in enumerate(rows) for span in spans(tags)}
        for rows in (gold, predicted)
    )
    hits = len(true & said)
    precision, recall = _ratio(hits, len(said)), _ratio(hits, len(true))
    return precision, recall, _ratio(2 * hits, len(said) + len(true))
    ### END SOLUTION


def confusions(
    gold: list[list[str]], predicted: list[list[str]], k: int
) -> list[tuple[str, str, int]]:
    """The k most frequent errors as (gold, predicted, count), in descending order of count; ties go
    to the smaller gold name, then the smaller predicted name. Fewer if there are no more.

    Raises ValueError naming gold or predicted (not of the same lengths) or k (below 1).
    """
    ### BEGIN SOLUTION
    if k < 1:
        raise ValueError("k must be at least 1")
    counts = Counter(pair for pair in _pairs(gold, predicted) if pair[0] != pair[1])
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(*pair, count) for pair, count in ordered[:k]]
    ### END SOLUTION


class Tagger:
    """What `train_tagger` returns: `.tag(words)` gives the tags of a sentence."""

    def __init__(self, hmm: HMM, tags: list[str], ids: dict[str, int]) -> None:
        """The model, the tag of each state, the id of each word: what you pass in is up to you."""
        ### BEGIN SOLUTION
        self.hmm, self.tags, self.ids = hmm, tags, ids
        ### END SOLUTION

    def tag(self, words: list[str]) -> list[str]:
        """The most probable tag sequence; empty for no words."""
        ### BEGIN SOLUTION
        from .decode import viterbi  # here: the figures above need no other file

        if not words:
            return []
        hmm = self.hmm
        path, _ = viterbi(hmm.log_pi, hmm.log_A, hmm.log_B, [_id(word, self.ids) for word in words])
        return [self.tags[state] for state in path]
        ### END SOLUTION


### BEGIN SOLUTION
def _id(word: str, ids: dict[str, int]) -> int:
    """The word's id; that of its class if it is rare or unknown; else that of <unk>."""
    from .data import word_class

    return ids.get(word, ids.get(word_class(word), ids[UNKNOWN]))
### END SOLUTION


def train_tagger(
    sentences: list[list[tuple[str, str]]], alpha: float = 0.1, min_count: int = 2
) -> Tagger:
    """A tagger from sentences of (word, tag): an HMM by add-alpha estimation, decoded by Viterbi.

    A word with fewer than min_count occurrences in training is replaced by its `word_class`, there
    and in `.tag`; so is an unknown word. A class that does not occur in training is <unk>.

    Raises ValueError naming sentences (no word) or alpha (negative).
    """
    ### BEGIN SOLUTION
    from .data import word_class
    from .estimate import estimate

    counts = Counter(word for sentence in sentences for word, _ in sentence)
    if not counts:
        raise ValueError("sentences must hold at least one word")
    frequent = {word for word, count in counts.items() if count >= min_count}
    classes = {word_class(word) for word in counts if word not in frequent} | {UNKNOWN}
    ids = {name: i for i, name in enumerate([*sorted(frequent), *sorted(classes)])}
    tags = sorted({tag for sentence in sentences for _, tag in sentence})
    states = {tag: state for state, tag in enumerate(tags)}
    words = [[_id(word, ids) for word, _ in sentence] for sentence in sentences]
    gold = [[states[tag] for _, tag in sentence] for sentence in sentences]
    return Tagger(estimate(words, gold, len(tags), len(ids), alpha), tags, ids)
    ### END SOLUTION

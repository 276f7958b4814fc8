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
    # YOUR CODE HERE
    raise NotImplementedError()


def known_unknown_accuracy(
    gold: list[list[str]], predicted: list[list[str]], words: list[list[str]], known: set[str]
) -> tuple[float, float]:
    """Accuracy over the tokens whose word is in `known`, and over the others; 0.0 where there are
    none.

    Raises ValueError naming gold, predicted or words when they are not of the same lengths.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def spans(tags: list[str]) -> list[tuple[str, int, int]]:
    """(type, start, end) of every span in BIO tags, from left to right; end is exclusive.

    B-X begins a span of type X, I-X continues one of type X, O is outside. An I-X that continues
    nothing (at the start, after O, after another type) begins a span.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def span_f1(
    gold: list[list[str]], predicted: list[list[str]]
) -> tuple[float, float, float]:
    """Precision, recall and F1 of spans that agree in type, start and end, over all sentences;
    each 0.0 where it is undefined.

    Raises ValueError naming gold or predicted when they are not of the same lengths.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def confusions(
    gold: list[list[str]], predicted: list[list[str]], k: int
) -> list[tuple[str, str, int]]:
    """The k most frequent errors as (gold, predicted, count), in descending order of count; ties go
    to the smaller gold name, then the smaller predicted name. Fewer if there are no more.

    Raises ValueError naming gold or predicted (not of the same lengths) or k (below 1).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class Tagger:
    """What `train_tagger` returns: `.tag(words)` gives the tags of a sentence."""

    def __init__(self, hmm: HMM, tags: list[str], ids: dict[str, int]) -> None:
        """The model, the tag of each state, the id of each word: what you pass in is up to you."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def tag(self, words: list[str]) -> list[str]:
        """The most probable tag sequence; empty for no words."""
        # YOUR CODE HERE
        raise NotImplementedError()


def train_tagger(
    sentences: list[list[tuple[str, str]]], alpha: float = 0.1, min_count: int = 2
) -> Tagger:
    """A tagger from sentences of (word, tag): an HMM by add-alpha estimation, decoded by Viterbi.

    A word with fewer than min_count occurrences in training is replaced by its `word_class`, there
    and in `.tag`; so is an unknown word. A class that does not occur in training is <unk>.

    Raises ValueError naming sentences (no word) or alpha (negative).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

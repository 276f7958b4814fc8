"""hw2's five ways to word vectors, side by side on one text.

Each is trained by the package's own function on the first words of the text, with the function's
own rate, and judged by the pairs of words that people scored. FastText has a vector for any word:
it is judged once more by all pairs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from grader.training import datasets, hw2
from grader.training.loop import Line
from grader.training.package import Package

NEAR = 3


def beginning(place: Path, words: int) -> list[list[str]]:
    """The first sentences of a text, lower-cased, as many as reach `words`."""
    path = datasets.one_file(place, "*train*", "input.txt", "*.txt")
    chosen: list[list[str]] = []
    for sentence in hw2.sentences(path, lower=True):
        if words <= 0:
            break
        chosen.append(sentence)
        words -= len(sentence)
    return chosen


def lines(
    package: Package, text: list[list[str]], pairs: Path, settings: dict[str, Any]
) -> Iterator[Line]:
    """A line of the table for each method, when it is trained. Raises `UsageError`."""
    trainers = package.trainers
    by = {
        "SGNS": package.skipgram.train,
        "CBOW": trainers.train_cbow,
        "hierarchical softmax": trainers.train_hierarchical,
        "GloVe": trainers.train_glove,
        "FastText": trainers.train_subword,
    }
    word = ""
    for method, train in by.items():
        # an epoch of GloVe is one look at a small table: it has its own number of them
        own = {name: settings[name] for name in settings if (method, name) != ("GloVe", "epochs")}
        begun = time.process_time()
        tokens, vectors = train(text, **own)
        seconds = time.process_time() - begun
        if method == "FastText":
            table, vectors = vectors, _of_any(package, tokens, vectors)
        word = word or _example(tokens)
        yield _line(package, method, pairs, tokens, vectors, word, seconds)
    asked = {word for *words, _ in hw2.scored_pairs(pairs) for word in words}
    every = [*tokens, *sorted({word.lower() for word in asked} - set(tokens))]
    vectors = _of_any(package, every, table)
    yield _line(package, "FastText, any word", pairs, every, vectors, word, seconds)


def _example(tokens: list[str]) -> str:
    """A word that is frequent, and long enough to say something."""
    return max(tokens[50:100] or tokens, key=len)


def _of_any(package: Package, words: list[str], table: Tensor) -> Tensor:
    """FastText's vectors: of words in jamo, as `train_subword` reads them."""
    subword = package.subword
    return torch.stack([subword.subword_vector(subword.to_jamo(w), table) for w in words])


def _line(
    package: Package,
    method: str,
    pairs: Path,
    tokens: list[str],
    vectors: Tensor,
    word: str,
    seconds: float,
) -> Line:
    judged = hw2.similarity(package, pairs, tokens, vectors)
    near = package.evaluate.nearest(tokens, vectors, word, NEAR)
    return Line.of(
        "compared",
        method=f"{method:20}",
        score=f"{judged['score']:6.3f}",
        known=f"{judged['known']:4}",
        seconds=f"{seconds:6.1f}",
        near=f"{word}: {', '.join(other for other, _ in near)}",
    )

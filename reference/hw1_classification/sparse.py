"""Sparse features: a document is the few columns that it uses, not a row of zeros.

    rows     (K,)  document of each entry, ascending   K  entries that are not zero
    columns  (K,)  feature of each entry               N  documents
    values   (K,)  its count or weight                 V  features

A product with a vector gathers and adds up, so it runs on any device:

    (X w)[n] = sum over entries of n: value * w[column]        X w    (N,)
    (X^T e)[v] = sum over entries of v: value * e[row]         X^T e  (V,)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

LONGEST = 3


def character_ngrams(text: str) -> Iterator[str]:
    """The sequences of 1 to 3 characters inside each lower-cased word with a space at both ends."""
    for word in text.lower().split():
        padded = f" {word} "
        for n in range(1, LONGEST + 1):
            for start in range(len(padded) - n + 1):
                yield padded[start : start + n]


def words(text: str) -> Iterator[str]:
    """The lower-cased words between spaces."""
    yield from text.lower().split()


@dataclass(frozen=True)
class Sparse:
    """An (N, V) matrix by its entries."""

    rows: Tensor
    columns: Tensor
    values: Tensor
    shape: tuple[int, int]

    def to(self, device: torch.device) -> Sparse:
        """The same on another device."""
        moved = (part.to(device) for part in (self.rows, self.columns, self.values))
        return Sparse(*moved, self.shape)

    def select(self, chosen: Tensor) -> Sparse:
        """The documents `chosen` (B,), in that order."""
        starts = torch.searchsorted(self.rows, chosen)  # (B,)
        lengths = torch.searchsorted(self.rows, chosen, right=True) - starts  # (B,)
        row = torch.repeat_interleave(lengths)  # (K',)
        before = lengths.cumsum(0) - lengths  # (B,)
        entry = torch.arange(len(row), device=row.device) - before[row] + starts[row]  # (K',)
        return Sparse(row, self.columns[entry], self.values[entry], (len(chosen), self.shape[1]))

    def times(self, w: Tensor) -> Tensor:
        """X w: (N, V) x (V,) -> (N,)."""
        products = self.values * w[self.columns]  # (K,)
        return w.new_zeros(self.shape[0]).index_add_(0, self.rows, products)

    def transposed_times(self, e: Tensor) -> Tensor:
        """X^T e: (V, N) x (N,) -> (V,)."""
        products = self.values * e[self.rows]  # (K,)
        return e.new_zeros(self.shape[1]).index_add_(0, self.columns, products)


class Counts:
    """Turns texts into counts of the features that occur in at least `min_count` training texts."""

    def __init__(self, features: Callable[[str], Iterable[str]], min_count: int) -> None:
        self._features = features
        self._min_count = min_count
        self._columns: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._columns)

    def fit(self, texts: Iterable[str]) -> Counts:
        """Choose the features; they are numbered in code point order."""
        held = Counter(feature for text in texts for feature in set(self._features(text)))
        frequent = sorted(feature for feature, count in held.items() if count >= self._min_count)
        self._columns = {feature: i for i, feature in enumerate(frequent)}
        return self

    def transform(self, texts: Iterable[str]) -> Sparse:
        """Counts (N, V) of the texts; features that were not chosen count nothing."""
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        n = 0
        for n, text in enumerate(texts, start=1):
            counts = Counter(self._features(text))
            for feature, count in counts.items():
                column = self._columns.get(feature)
                if column is not None:
                    rows.append(n - 1)
                    columns.append(column)
                    values.append(count)
        return Sparse(
            torch.tensor(rows, dtype=torch.int64),
            torch.tensor(columns, dtype=torch.int64),
            torch.tensor(values, dtype=torch.float32),
            (n, len(self._columns)),
        )


class SublinearTfIdf:
    """(1 + ln count) * idf, each document at length 1; idf as in `features.TfIdf`."""

    def fit(self, counts: Sparse) -> SublinearTfIdf:
        """Take N and the document frequencies."""
        documents, features = counts.shape
        frequency = torch.bincount(counts.columns, minlength=features)  # (V,)
        self.idf = torch.log((1 + documents) / (1 + frequency)) + 1  # (V,)
        return self

    def transform(self, counts: Sparse) -> Sparse:
        """Weights (N, V)."""
        weights = (1 + counts.values.log()) * self.idf[counts.columns]  # (K,)
        squares = weights.new_zeros(counts.shape[0]).index_add_(0, counts.rows, weights**2)  # (N,)
        scaled = weights / squares.sqrt()[counts.rows]  # (K,)
        return Sparse(counts.rows, counts.columns, scaled, counts.shape)

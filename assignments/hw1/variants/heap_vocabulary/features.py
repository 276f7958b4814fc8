"""Heaps and dictionaries; dense arrays only where they are asked for."""

import heapq
from collections import Counter, defaultdict

import numpy as np


class Vocabulary:
    __slots__ = ("tokens", "_lookup")

    def __init__(self, documents, min_count=1, max_size=None):
        if not min_count >= 1:
            raise ValueError("min_count must be 1 or more")
        if not (max_size is None or max_size >= 1):
            raise ValueError("max_size must be 1 or more")
        counts = Counter()
        for document in documents:
            counts.update(document)
        heap = [(-count, token) for token, count in counts.items()
                if count >= min_count and token != "<unk>"]
        heapq.heapify(heap)
        self.tokens = ["<unk>"]
        while heap and (max_size is None or len(self.tokens) < max_size):
            self.tokens.append(heapq.heappop(heap)[1])
        self._lookup = defaultdict(int)
        self._lookup.update((token, i) for i, token in enumerate(self.tokens))

    def __len__(self):
        return len(self.tokens)

    def __contains__(self, token):
        return token in self._lookup

    def encode(self, tokens):
        return [self._lookup[token] if token in self else 0 for token in tokens]

    def decode(self, ids):
        known = range(len(self))
        for i in ids:
            if i not in known:
                raise ValueError(f"ids contains {i}")
        return [self.tokens[i] for i in ids]


def bag_of_words(documents, vocabulary, binary=False):
    rows = [Counter(vocabulary.encode(document)) for document in documents]
    bag = np.zeros((len(rows), len(vocabulary)), dtype=np.int64)
    for n, row in enumerate(rows):
        for i, count in row.items():
            bag[n, i] = 1 if binary else count
    return bag


def _sparse(counts):
    """Rows as {column: count}, and V."""
    dense = np.asarray(counts)
    if dense.ndim != 2 or (dense < 0).any():
        raise ValueError("counts must be (N, V) without negative numbers")
    rows = [{} for _ in dense]
    for n, v in zip(*dense.nonzero(), strict=True):
        rows[n][int(v)] = float(dense[n, v])
    return rows, dense.shape[1]


class TfIdf:
    def fit(self, counts):
        rows, V = _sparse(counts)
        if not rows:
            raise ValueError("counts must hold a document")
        df = Counter(v for row in rows for v in row)
        self.idf = np.log([(1 + len(rows)) / (1 + df[v]) for v in range(V)]) + 1
        return self

    def transform(self, counts):
        rows, V = _sparse(counts)
        if V != self.idf.size:
            raise ValueError("counts must have the columns of fit")
        result = np.zeros((len(rows), V))
        for n, row in enumerate(rows):
            weights = {v: count * self.idf[v] for v, count in row.items()}
            length = sum(weight**2 for weight in weights.values()) ** 0.5
            for v, weight in weights.items():
                result[n, v] = weight / length
        return result

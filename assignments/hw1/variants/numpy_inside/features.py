"""Vocabulary by np.unique and lexsort; counts by bincount."""

import numpy as np


class Vocabulary:
    def __init__(self, documents, min_count=1, max_size=None):
        for name, value in (("min_count", min_count), ("max_size", max_size)):
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1")
        stream = [token for document in documents for token in document if token != "<unk>"]
        words = sorted(set(stream))
        number = {word: i for i, word in enumerate(words)}
        ids, counts = np.unique([number[token] for token in stream], return_counts=True)
        ids, counts = ids[counts >= min_count].astype(np.int64), counts[counts >= min_count]
        order = np.lexsort((ids, -counts))
        limit = len(order) if max_size is None else max_size - 1
        self.tokens = ["<unk>"] + [words[i] for i in ids[order][:limit]]
        self._number = dict(zip(self.tokens, range(len(self.tokens)), strict=True))

    def __len__(self):
        return len(self.tokens)

    def encode(self, tokens):
        return [self._number.get(token, 0) for token in tokens]

    def decode(self, ids):
        ids = list(ids)
        if ids and (min(ids) < 0 or max(ids) >= len(self)):
            raise ValueError("ids: out of the vocabulary")
        return [self.tokens[i] for i in ids]


def bag_of_words(documents, vocabulary, binary=False):
    V = len(vocabulary)
    bag = np.empty((len(documents), V), dtype=np.int64)
    for n, document in enumerate(documents):
        bag[n] = np.bincount(np.array(vocabulary.encode(document), dtype=np.int64), minlength=V)
    return (bag > 0).astype(np.int64) if binary else bag


class TfIdf:
    def fit(self, counts):
        counts = self._checked(counts)
        if counts.shape[0] == 0:
            raise ValueError("counts: no documents")
        n = counts.shape[0]
        self.idf = 1 - np.log1p(np.count_nonzero(counts, axis=0)) + np.log1p(n)
        return self

    def transform(self, counts):
        counts = self._checked(counts)
        if counts.shape[1] != self.idf.shape[0]:
            raise ValueError("counts: wrong number of columns")
        product = np.einsum("nv,v->nv", counts, self.idf)
        norm = np.linalg.norm(product, axis=1)
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(product / norm[:, None], nan=0.0)

    @staticmethod
    def _checked(counts):
        counts = np.array(counts, dtype=np.float64)
        if counts.ndim != 2 or np.any(counts < 0):
            raise ValueError("counts: (N, V) of numbers from 0 on")
        return counts

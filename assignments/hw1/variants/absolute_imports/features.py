"""Vocabulary, counts and tf-idf."""

import collections

import numpy as np

import hw1_classification.tools as tools


class Vocabulary:
    UNK = "<unk>"

    def __init__(self, documents, min_count=1, max_size=None):
        if min_count < 1:
            raise ValueError("min_count is below 1")
        if max_size is not None and max_size < 1:
            raise ValueError("max_size is below 1")
        counts = collections.Counter(
            word for document in documents for word in document if word != self.UNK)
        # sorted by code point first: most_common keeps the order of equal counts
        counts = collections.Counter(dict(sorted(counts.items())))
        words = [word for word, count in counts.most_common() if count >= min_count]
        self.tokens = [self.UNK] + (words if max_size is None else words[:max_size - 1])

    def __len__(self):
        return len(self.tokens)

    def encode(self, tokens):
        index = {word: i for i, word in enumerate(self.tokens)}
        return [index.get(word, 0) for word in tokens]

    def decode(self, ids):
        tools.non_negative("ids", ids)
        try:
            return [self.tokens[i] for i in ids]
        except IndexError:
            raise ValueError("ids holds a number above the last id") from None


def bag_of_words(documents, vocabulary, binary=False):
    V = len(vocabulary)
    cells = [n * V + i for n, document in enumerate(documents) for i in vocabulary.encode(document)]
    flat = np.bincount(np.array(cells, dtype=np.int64), minlength=len(documents) * V)
    return flat.reshape(len(documents), V).clip(max=1 if binary else None).astype(np.int64)


class TfIdf:
    def fit(self, counts):
        counts = tools.non_negative("counts", tools.rows_and_columns("counts", counts))
        if not counts.size:
            raise ValueError("counts is empty")
        self.idf = 1 + np.log((1 + len(counts)) / (1 + np.sum(counts != 0, axis=0)))
        return self

    def transform(self, counts):
        counts = tools.rows_and_columns("counts", counts, columns=len(self.idf))
        weighted = tools.non_negative("counts", counts) @ np.diag(self.idf)
        squares = np.einsum("nv,nv->n", weighted, weighted)
        scale = np.zeros(len(weighted))
        scale[squares > 0] = squares[squares > 0] ** -0.5
        return weighted * scale[:, np.newaxis]

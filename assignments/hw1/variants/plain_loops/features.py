"""Vocabulary, counts and tf-idf, counted by hand."""

import math

import numpy as np


class Vocabulary:
    def __init__(self, documents, min_count=1, max_size=None):
        if min_count < 1:
            raise ValueError("min_count must be at least 1")
        if max_size is not None and max_size < 1:
            raise ValueError("max_size must be at least 1")
        counts = {}
        for document in documents:
            for token in document:
                if token != "<unk>":
                    counts[token] = counts.get(token, 0) + 1
        ranked = sorted(token for token in counts if counts[token] >= min_count)
        ranked.sort(key=counts.get, reverse=True)  # stable, so ties stay by code point
        self.tokens = ["<unk>"]
        for token in ranked:
            if max_size is not None and len(self.tokens) == max_size:
                break
            self.tokens.append(token)
        self._ids = {}
        for number, token in enumerate(self.tokens):
            self._ids[token] = number

    def __len__(self):
        return len(self.tokens)

    def encode(self, tokens):
        ids = []
        for token in tokens:
            ids.append(self._ids[token] if token in self._ids else 0)
        return ids

    def decode(self, ids):
        tokens = []
        for number in ids:
            if number < 0 or number >= len(self.tokens):
                raise ValueError(f"ids: {number} is no id of this vocabulary")
            tokens.append(self.tokens[number])
        return tokens


def bag_of_words(documents, vocabulary, binary=False):
    counts = np.zeros((len(documents), len(vocabulary)), dtype=np.int64)
    for row, document in enumerate(documents):
        for column in vocabulary.encode(document):
            if binary:
                counts[row, column] = 1
            else:
                counts[row, column] += 1
    return counts


def _rows(counts):
    counts = np.asarray(counts)
    if counts.ndim != 2:
        raise ValueError("counts must have two dimensions")
    rows = counts.tolist()
    for row in rows:
        for count in row:
            if count < 0:
                raise ValueError("counts must not be negative")
    return rows, counts.shape[1]


class TfIdf:
    def fit(self, counts):
        rows, width = _rows(counts)
        if not rows:
            raise ValueError("counts holds no document")
        idf = []
        for column in range(width):
            frequency = 0
            for row in rows:
                if row[column] > 0:
                    frequency += 1
            idf.append(math.log((1 + len(rows)) / (1 + frequency)) + 1)
        self.idf = np.array(idf, dtype=np.float64)
        return self

    def transform(self, counts):
        rows, width = _rows(counts)
        if width != len(self.idf):
            raise ValueError(f"counts has {width} columns, fitted were {len(self.idf)}")
        result = np.zeros((len(rows), width))
        for i, row in enumerate(rows):
            weighted = [count * idf for count, idf in zip(row, self.idf.tolist())]
            norm = math.hypot(*weighted)
            for j, value in enumerate(weighted):
                result[i, j] = value / norm if norm > 0 else 0.0
        return result

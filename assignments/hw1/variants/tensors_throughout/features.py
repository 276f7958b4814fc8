"""Counts by scatter-add."""

import numpy as np
import torch

from ._arrays import count_tensor


class Vocabulary:
    def __init__(self, documents, min_count=1, max_size=None):
        if min_count < 1:
            raise ValueError("min_count must be positive")
        if max_size is not None and max_size < 1:
            raise ValueError("max_size must be positive")
        words = sorted({token for document in documents for token in document} - {"<unk>"})
        ids = {word: number for number, word in enumerate(words)}
        stream = torch.tensor([ids[token] for document in documents for token in document
                               if token != "<unk>"], dtype=torch.int64)
        counts = torch.bincount(stream, minlength=len(words))
        order = torch.argsort(counts, descending=True, stable=True).tolist()
        kept = [words[i] for i in order if counts[i] >= min_count]
        self.tokens = (["<unk>"] + kept)[:max_size]

    def __len__(self):
        return len(self.tokens)

    def encode(self, tokens):
        ids = {token: number for number, token in enumerate(self.tokens)}
        return [ids.get(token, 0) for token in tokens]

    def decode(self, ids):
        if any(not 0 <= number < len(self.tokens) for number in ids):
            raise ValueError("ids holds a number that is no id")
        return [self.tokens[number] for number in ids]


def bag_of_words(documents, vocabulary, binary=False):
    counts = torch.zeros((len(documents), len(vocabulary)), dtype=torch.int64)
    for row, document in zip(counts, documents):
        ids = torch.tensor(vocabulary.encode(document), dtype=torch.int64)
        row.scatter_add_(0, ids, torch.ones_like(ids))
    return (counts.clamp(max=1) if binary else counts).numpy()


class TfIdf:
    def fit(self, counts):
        counts = count_tensor(counts)
        if len(counts) == 0:
            raise ValueError("counts is empty")
        frequency = (counts > 0).sum(dim=0, dtype=torch.float64)
        self.idf = (torch.log((1 + len(counts)) / (1 + frequency)) + 1).numpy()
        return self

    def transform(self, counts):
        counts = count_tensor(counts)
        if counts.shape[1] != len(self.idf):
            raise ValueError("counts has another number of columns than the fitted one")
        weighted = counts * torch.from_numpy(self.idf)
        norm = torch.linalg.vector_norm(weighted, dim=1, keepdim=True)
        return np.asarray(weighted / torch.where(norm > 0, norm, 1.0))

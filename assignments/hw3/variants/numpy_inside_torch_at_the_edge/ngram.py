"""Counting language models."""

import math

import numpy as np

BOS, EOS, UNK = "<s>", "</s>", "<unk>"


class NGram:
    def __init__(self, n: int, alpha: float = 1.0):
        if n < 1:
            raise ValueError(f"n must be at least 1, not {n}")
        if alpha < 0:
            raise ValueError(f"alpha must not be negative, but is {alpha}")
        self.n, self.alpha = n, alpha

    def fit(self, sentences):
        self.index = {EOS: 0, UNK: 1}
        for s in sentences:
            for w in s:
                self.index.setdefault(w, len(self.index))
        self.rows = {}  # context -> vector of counts
        for s in sentences:
            for gram in self._grams(s):
                row = self.rows.get(gram[:-1])
                if row is None:
                    row = self.rows[gram[:-1]] = np.zeros(len(self.index), dtype=np.int64)
                row[self.index[gram[-1]]] += 1
        return self

    def _grams(self, sentence):
        line = [BOS] * (self.n - 1) + list(sentence) + [EOS]
        for i in range(len(sentence) + 1):
            yield tuple(line[i : i + self.n])

    @property
    def vocabulary_size(self):
        return len(self.index)

    def log_prob(self, word, context):
        line = [BOS] * (self.n - 1) + [w if w in self.index or w == BOS else UNK for w in context]
        key = tuple(line[len(line) - self.n + 1 :])
        row = self.rows.get(key)
        column = self.index.get(word, 1)
        if row is None:
            if self.alpha == 0:
                return -math.inf
            return -math.log(len(self.index))
        top = float(row[column]) + self.alpha
        bottom = float(row.sum()) + self.alpha * len(self.index)
        return math.log(top / bottom) if top > 0 else -math.inf

    def perplexity(self, sentences):
        logs = []
        for s in sentences:
            known = [w if w in self.index else UNK for w in s]
            for gram in self._grams(known):
                logs.append(self.log_prob(gram[-1], list(gram[:-1])))
        if not logs:
            raise ValueError("sentences is empty")
        mean = sum(logs) / len(logs)
        return math.inf if mean == -math.inf else math.exp(-mean)


def interpolated_log_prob(models, weights, word, context):
    if len(models) != len(weights) or len(models) == 0:
        raise ValueError("models and weights must have the same length")
    if min(weights) < 0 or abs(math.fsum(weights) - 1) > 1e-9:
        raise ValueError("weights must be a probability distribution")
    total = 0.0
    for m, w in zip(models, weights):
        if w > 0:
            total += w * math.exp(m.log_prob(word, context))
    return math.log(total) if total > 0 else -math.inf

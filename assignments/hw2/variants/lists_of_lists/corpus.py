"""Counting, thinning and windowing, one token after the other."""

import math
import random

import torch


class Vocabulary:
    def __init__(self, sentences, min_count=1):
        seen = {}
        for sentence in sentences:
            for token in sentence:
                seen[token] = seen.get(token, 0) + 1
        kept = [token for token in seen if seen[token] >= min_count]
        kept.sort()
        kept.sort(key=lambda token: -seen[token])
        self.tokens = kept
        self.counts = torch.tensor([seen[token] for token in kept], dtype=torch.int64)
        self._ids = {}
        for number, token in enumerate(kept):
            self._ids[token] = number

    def __len__(self):
        return len(self.tokens)

    def encode(self, tokens):
        ids = []
        for token in tokens:
            if token in self._ids:
                ids.append(self._ids[token])
        return ids


def keep_probability(counts, t=1e-3):
    if t <= 0:
        raise ValueError("t must be positive")
    numbers = counts.tolist()
    total = 0
    for number in numbers:
        if number < 0:
            raise ValueError("counts must not be negative")
        total += number
    keep = []
    for number in numbers:
        if number == 0:
            keep.append(1.0)
        else:
            ratio = t / (number / total)
            keep.append(min(1.0, math.sqrt(ratio) + ratio))
    return torch.tensor(keep, dtype=torch.float64)


def subsample(ids, keep, seed):
    shares = keep.tolist()
    for share in shares:
        if not 0 <= share <= 1:
            raise ValueError("keep must lie in [0, 1]")
    generator = random.Random(seed)
    stay = []
    for number in ids:
        if number < 0 or number >= len(shares):
            raise ValueError("ids must lie in 0..V - 1")
        if generator.random() < shares[number]:
            stay.append(number)
    return stay


def _around(length, position, window):
    for other in range(position - window, position + window + 1):
        if other != position and 0 <= other < length:
            yield other


def skipgram_pairs(ids, window):
    if window < 1:
        raise ValueError("window must be at least 1")
    pairs = []
    for position, center in enumerate(ids):
        for other in _around(len(ids), position, window):
            pairs.append([center, ids[other]])
    return torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2)


def cbow_examples(ids, window):
    if window < 1:
        raise ValueError("window must be at least 1")
    examples = []
    for position, center in enumerate(ids):
        contexts = [ids[other] for other in _around(len(ids), position, window)]
        if contexts:
            examples.append((contexts, center))
    return examples

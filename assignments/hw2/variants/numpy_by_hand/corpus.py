"""Counts by np.unique, pairs by shifted copies."""

from collections import Counter
from itertools import chain

import numpy as np
import torch


class Vocabulary:
    def __init__(self, sentences, min_count=1):
        counts = Counter(chain.from_iterable(sentences))
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        ranked = [(token, count) for token, count in ranked if count >= min_count]
        self.tokens = [token for token, _ in ranked]
        self.counts = torch.from_numpy(np.array([count for _, count in ranked], dtype=np.int64))
        self._index = dict(zip(self.tokens, range(len(self.tokens)), strict=True))

    def __len__(self):
        return len(self._index)

    def encode(self, tokens):
        return [self._index[token] for token in tokens if token in self._index]


def keep_probability(counts, t=1e-3):
    if not t > 0:
        raise ValueError("t is not positive")
    counts = counts.cpu().numpy().astype(np.float64)
    if (counts < 0).any():
        raise ValueError("counts hold a negative number")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = t * counts.sum() / counts
        keep = np.sqrt(ratio) + ratio
    return torch.from_numpy(np.where(counts > 0, np.minimum(keep, 1.0), 1.0))


def subsample(ids, keep, seed):
    share = keep.cpu().numpy()
    if ((share < 0) | (share > 1)).any():
        raise ValueError("keep is outside [0, 1]")
    row = np.asarray(ids, dtype=np.int64)
    if ((row < 0) | (row >= len(share))).any():
        raise ValueError("ids are outside 0..V - 1")
    drawn = np.random.default_rng(seed).random(row.shape)
    return row[drawn < share[row]].tolist()


def _context_grid(n, window):
    """Positions (n, 2 window) around each, and which of them exist."""
    offsets = np.delete(np.arange(-window, window + 1), window)
    grid = np.arange(n)[:, None] + offsets
    return grid, (grid >= 0) & (grid < n)


def skipgram_pairs(ids, window):
    if window < 1:
        raise ValueError("window is below 1")
    row = np.asarray(ids, dtype=np.int64)
    window = min(window, max(1, len(row)))
    grid, real = _context_grid(len(row), window)
    centers, contexts = np.nonzero(real)[0], grid[real]
    return torch.from_numpy(np.stack([row[centers], row[contexts]], axis=1))


def cbow_examples(ids, window):
    if window < 1:
        raise ValueError("window is below 1")
    row = np.asarray(ids, dtype=np.int64)
    grid, real = _context_grid(len(row), min(window, max(1, len(row))))
    lists = [row[around[ok]].tolist() for around, ok in zip(grid, real, strict=True)]
    return [(context, int(center)) for context, center in zip(lists, row, strict=True) if context]

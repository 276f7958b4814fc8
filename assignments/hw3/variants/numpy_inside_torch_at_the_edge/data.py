"""Text to ids to windows."""

from collections import Counter

import numpy as np
import torch


class Vocabulary:
    def __init__(self, sentences, max_size=None, min_count=1):
        if min_count < 1:
            raise ValueError("min_count must be at least 1")
        if max_size is not None and max_size < 2:
            raise ValueError("max_size must leave room for <unk> and <eos>")
        counts = Counter()
        for sentence in sentences:
            counts.update(sentence)
        for special in ("<unk>", "<eos>"):
            counts.pop(special, None)
        kept = [(-c, w) for w, c in counts.items() if c >= min_count]
        kept.sort()
        self.tokens = ["<unk>", "<eos>"] + [w for _, w in kept]
        if max_size is not None:
            self.tokens = self.tokens[:max_size]
        self._ids = {w: i for i, w in enumerate(self.tokens)}

    def __len__(self):
        return len(self.tokens)

    def encode(self, sentences):
        out = []
        for sentence in sentences:
            for w in sentence:
                out.append(self._ids.get(w, 0))
            out.append(1)
        return out

    def decode(self, ids):
        for i in ids:
            if not 0 <= i < len(self.tokens):
                raise ValueError(f"ids holds {i}, out of range")
        return [self.tokens[i] for i in ids]


def batchify(ids, batch_size):
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    array = np.asarray(ids).astype(np.int64)
    steps = len(array) // batch_size
    out = np.empty((steps, batch_size), dtype=np.int64)
    for b in range(batch_size):
        for t in range(steps):
            out[t, b] = array[b * steps + t]
    return torch.from_numpy(out)


def windows(data, bptt):
    if bptt < 1:
        raise ValueError("bptt must be at least 1")
    pairs = []
    start = 0
    while start + 1 < data.shape[0]:
        end = min(start + bptt, data.shape[0] - 1)
        pairs.append((data[start:end].clone(), data[start + 1 : end + 1].clone()))
        start = end
    return pairs

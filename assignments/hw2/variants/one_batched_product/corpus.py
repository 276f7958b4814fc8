"""Corpus preparation with tensors."""

from collections import Counter

import torch


class Vocabulary:
    def __init__(self, sentences: list[list[str]], min_count: int = 1) -> None:
        counter: Counter[str] = Counter()
        for sentence in sentences:
            counter.update(sentence)
        names = sorted(name for name, count in counter.items() if count >= min_count)
        counts = torch.tensor([counter[name] for name in names], dtype=torch.int64)
        order = torch.sort(counts, descending=True, stable=True).indices
        self.tokens = [names[i] for i in order.tolist()]
        self.counts = counts[order]
        self.lookup = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return self.counts.numel()

    def encode(self, tokens: list[str]) -> list[int]:
        found = map(self.lookup.get, tokens)
        return [i for i in found if i is not None]


def keep_probability(counts, t=1e-3):
    if t <= 0:
        raise ValueError("t: must be positive")
    if bool((counts < 0).any()):
        raise ValueError("counts: must not be negative")
    counts = counts.double()
    ratio = t * counts.sum() / counts.clamp(min=1e-300)
    keep = (ratio.sqrt() + ratio).clamp(max=1.0)
    return keep.masked_fill(counts == 0, 1.0)


def subsample(ids, keep, seed):
    if bool(((keep < 0) | (keep > 1)).any()):
        raise ValueError("keep: must lie in [0, 1]")
    row = torch.tensor(ids, dtype=torch.int64)
    if row.numel() == 0:
        return []
    if int(row.min()) < 0 or int(row.max()) >= keep.numel():
        raise ValueError("ids: must lie in 0..V-1")
    generator = torch.Generator().manual_seed(seed)
    stays = torch.bernoulli(keep.double()[row], generator=generator).bool()
    return row[stays].tolist()


def skipgram_pairs(ids, window):
    if window < 1:
        raise ValueError("window: must be at least 1")
    row = torch.tensor(ids, dtype=torch.int64)
    here = torch.arange(len(row))
    distance = (here[:, None] - here[None, :]).abs()
    center, context = ((distance > 0) & (distance <= window)).nonzero(as_tuple=True)
    return torch.stack([row[center], row[context]], dim=1)


def cbow_examples(ids, window):
    if window < 1:
        raise ValueError("window: must be at least 1")
    examples = []
    for i, center in enumerate(ids):
        context = [*ids[max(0, i - window) : i], *ids[i + 1 : i + 1 + window]]
        if context:
            examples.append((context, center))
    return examples

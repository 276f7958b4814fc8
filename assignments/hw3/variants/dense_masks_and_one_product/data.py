from __future__ import annotations

import itertools
from collections import Counter

import torch
from torch import Tensor

SPECIALS = ["<unk>", "<eos>"]


class Vocabulary:
    def __init__(self, sentences, max_size: int | None = None, min_count: int = 1):
        if min_count < 1:
            raise ValueError("min_count < 1")
        if max_size is not None and max_size < 1:
            raise ValueError("max_size < 1")
        counts = Counter(itertools.chain.from_iterable(sentences))
        words = sorted(
            (w for w, c in counts.items() if c >= min_count and w not in SPECIALS),
            key=lambda w: (-counts[w], w),
        )
        self.tokens = SPECIALS + words
        if max_size is not None:
            self.tokens = self.tokens[: max(max_size, 2)]
        self.ids = {w: k for k, w in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, sentences) -> list[int]:
        return [self.ids.get(w, 0) for s in sentences for w in [*s, "<eos>"]]


def batchify(ids: Tensor, batch_size: int) -> Tensor:
    if batch_size < 1:
        raise ValueError("batch_size < 1")
    usable = ids.numel() - ids.numel() % batch_size
    return ids[:usable].view(batch_size, -1).t() if usable else ids.new_empty((0, batch_size))


def windows(data: Tensor, bptt: int) -> list[tuple[Tensor, Tensor]]:
    if bptt < 1:
        raise ValueError("bptt < 1")
    if len(data) < 2:
        return []
    return list(zip(data[:-1].split(bptt), data[1:].split(bptt)))

"""Skip-gram training with anybody's `sgns_gradients`: what hw2 trains with by default.

The package says which words stay (`keep_probability`, `subsample`), which pairs there are
(`skipgram_pairs`), which negatives (`AliasSampler`) and what the gradients are. The steps are
word2vec's own: plain gradient descent, and only the rows that a batch has met are touched. All
updates of a batch start from the same tables, so a row that is hit very often would overshoot: its
sum is scaled down to that of `LIMIT` hits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.training.package import Package

BATCH = 4096  # pairs
LIMIT = 32.0  # hits of one row in a batch
END = -1  # of a sentence, among ids

Batch = tuple[Tensor, Tensor]  # pairs (B, 2), negatives (B, K)


class Pairs:
    """The two tables `into` and `out`, each (V, d), and how a stretch of the text changes them."""

    def __init__(
        self, package: Package, counts: Tensor, settings: dict[str, Any], device: torch.device
    ) -> None:
        self._package, self._settings, self._device = package, settings, device
        self._keep = package.corpus.keep_probability(counts, settings["t"])
        noise = package.sampling.negative_distribution(counts)
        self._sampler = package.sampling.AliasSampler(noise)
        model = package.skipgram.SkipGram(len(counts), settings["dim"], settings["seed"])
        self.into: Tensor = model.in_embed.weight.detach().clone().to(device)
        self.out: Tensor = model.out_embed.weight.detach().clone().to(device)

    def steps(self, ids: np.ndarray, number: int) -> Iterator[Batch]:
        """Batches of a stretch, int32 ids END after each sentence; `number` seeds the draws."""
        seed = self._settings["seed"] + 1_000_003 * number
        found = []
        for part, sentence in enumerate(np.split(ids, np.flatnonzero(ids == END) + 1)):
            kept = self._package.corpus.subsample(
                sentence[sentence != END].tolist(), self._keep, seed + 7919 * part
            )
            if len(kept) > 1:
                found.append(self._package.corpus.skipgram_pairs(kept, self._settings["window"]))
        pairs = torch.cat(found) if found else torch.empty((0, 2), dtype=torch.int64)
        pairs = pairs[torch.randperm(len(pairs), generator=torch.Generator().manual_seed(seed))]
        for at, batch in enumerate(pairs.split(BATCH)):
            if len(batch):
                shape = (len(batch), self._settings["negatives"])
                noise = self._sampler.sample(shape, seed + 104_729 * (at + 1))
                yield batch.to(self._device), noise.to(self._device)

    def train(self, batch: Batch, lr: float) -> None:
        """One step down the sum of the losses of the pairs."""
        pairs, noise = batch
        center, context = pairs.unbind(dim=1)  # (B,) each
        given = self.into[center], self.out[context], self.out[noise]
        by_center, by_context, by_noise = self._package.skipgram.sgns_gradients(*given)
        _descend(self.into, center, by_center, lr * len(pairs))  # of a mean: back to the sum
        rows = torch.cat([context, noise.flatten()])
        gradient = torch.cat([by_context, by_noise.flatten(0, 1)])
        _descend(self.out, rows, gradient, lr * len(pairs))


def _descend(table: Tensor, rows: Tensor, gradient: Tensor, lr: float) -> None:
    hits = torch.bincount(rows, minlength=len(table)).to(table.dtype)
    scale = (LIMIT / hits.clamp(min=LIMIT))[rows]
    table.index_add_(0, rows, gradient.detach() * scale.unsqueeze(1), alpha=-lr)

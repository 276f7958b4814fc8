"""Skip-gram with negative sampling in a few large matrix products per step, on any device.

The loss is the homework's. What makes it fast is which sums are taken together (after Ji et al.
2016, "Parallelizing word2vec in shared and distributed memory"):

- S neighbouring centers share their contexts: all scores of a block are one product (S, d) x
  (d, S + 2w), and a mask keeps those within each center's window and sentence;
- they share M negatives. A pair still has K negatives in expectation: each of the M counts
  pairs * K / M times;
- the gradients are written by hand (`skipgram.sgns_gradients`), so nothing is kept for autograd,
  and one `index_add_` per table applies them. A dense gradient (V, d) is never made.

All updates of a step start from the same tables. A row that is hit very often in one step would
overshoot: its sum is scaled down to that of `LIMIT` hits.

Shapes:

    T  centers of a step    N  blocks (T = N S)    S  centers of a block    w  window
    C  contexts of a block, S + 2w    M  negatives of a block    d  dimension    V  words
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .sampling import AliasSampler
from .skipgram import SkipGram

S, M = 32, 32
END = -1  # of a sentence, among ids
LIMIT = 32.0  # hits of one row in one step


@dataclass(frozen=True)
class Windows:
    """How examples are drawn."""

    window: int
    negatives: int
    seed: int
    tokens: int  # T, centers of a step: a multiple of S


@dataclass(frozen=True)
class Step:
    """The examples of one step; places that are padding have sentence -1."""

    ids: Tensor  # int64 (T + 2w,)
    sentence: Tensor  # int64 (T + 2w,)
    reach: Tensor  # int64 (T,): how far each center's window reaches, 1 to w
    noise: Tensor  # int64 (N, M)


class Trainer:
    """The two tables, and how a step changes them."""

    def __init__(
        self, counts: Tensor, keep: Tensor, noise: AliasSampler, windows: Windows, dim: int
    ) -> None:
        """Counts (V,), keep (V,) and the sampler are on the device that does the work."""
        device = counts.device
        model = SkipGram(len(counts), dim, windows.seed)
        self.into = model.in_embed.weight.detach().to(device)  # (V, d)
        self.out = model.out_embed.weight.detach().to(device)  # (V, d)
        self._keep, self._noise, self._windows = keep, noise, windows
        # how far apart a center and a context of its block are: (S, C)
        here = torch.arange(S, device=device).unsqueeze(1) + windows.window
        self._distance = (torch.arange(S + 2 * windows.window, device=device) - here).abs()

    def steps(self, ids: np.ndarray, number: int) -> Iterator[Step]:
        """The steps of a stretch of the corpus, int32 ids with END after each sentence.

        `number` names the stretch: with the seed it decides everything that is drawn, so that an
        interrupted run goes on as if it had never stopped.
        """
        windows, device = self._windows, self._keep.device
        generator = torch.Generator(device).manual_seed(windows.seed + 1_000_003 * number)
        stretch = torch.from_numpy(ids.astype(np.int64)).to(device)
        ends = stretch == END
        sentence = ends.cumsum(0)
        words, sentence = stretch[~ends], sentence[~ends]
        draw = torch.rand(len(words), generator=generator, device=device, dtype=self._keep.dtype)
        stays = draw < self._keep[words]
        words, sentence = words[stays], sentence[stays]
        if len(words) == 0:
            return
        count = -(-len(words) // windows.tokens)  # rounded up
        missing = count * windows.tokens - len(words)
        around = (windows.window, windows.window + missing)
        words = torch.nn.functional.pad(words, around)
        sentence = torch.nn.functional.pad(sentence, around, value=-1)
        reach = torch.randint(
            1, windows.window + 1, (count, windows.tokens), generator=generator, device=device
        )
        noise = self._noise.sample(
            (count, windows.tokens // S, M), windows.seed + 1_000_003 * number + 1
        )
        size = windows.tokens + 2 * windows.window
        for i in range(count):
            part = slice(i * windows.tokens, i * windows.tokens + size)
            yield Step(words[part], sentence[part], reach[i], noise[i])

    def train(self, step: Step, lr: float) -> None:
        """Change the tables by one step of plain gradient descent on the sum over its pairs."""
        w, width = self._windows.window, S + 2 * self._windows.window
        centers = step.ids[w : len(step.ids) - w].view(-1, S)  # (N, S)
        contexts = step.ids.unfold(0, width, S)  # (N, C)
        near = self._near(step)  # (N, S, C)
        u = self._rows(self.into, centers)  # (N, S, d)
        v = self._rows(self.out, contexts)  # (N, C, d)
        n = self._rows(self.out, step.noise)  # (N, M, d)
        # the derivative of -ln s(x) is s(x) - 1, that of -ln s(-x) is s(x)
        pull = (torch.sigmoid(u @ v.mT) - 1) * near  # (N, S, d) x (N, d, C) -> (N, S, C)
        pairs = near.sum(dim=2, keepdim=True)  # (N, S, 1)
        weight = pairs * (self._windows.negatives / M)  # (N, S, 1)
        push = torch.sigmoid(u @ n.mT) * weight  # (N, S, d) x (N, d, M) -> (N, S, M)
        by_centers = pull @ v + push @ n  # (N, S, d)
        by_contexts, by_noise = pull.mT @ u, push.mT @ u  # (N, C, d), (N, M, d)
        self._descend(self.into, centers, by_centers, pairs, lr)
        rows = torch.cat([contexts, step.noise], dim=1)  # (N, C + M)
        hits = torch.cat([near.sum(dim=1), weight.sum(dim=1).expand(-1, M)], dim=1)
        self._descend(self.out, rows, torch.cat([by_contexts, by_noise], dim=1), hits, lr)

    def _near(self, step: Step) -> Tensor:
        """1.0 where a context lies in a center's window and sentence, else 0.0: (N, S, C)."""
        w = self._windows.window
        own = step.sentence[w : len(step.sentence) - w].view(-1, S, 1)  # (N, S, 1)
        others = step.sentence.unfold(0, S + 2 * w, S).unsqueeze(1)  # (N, 1, C)
        reach = step.reach.view(-1, S, 1)  # (N, S, 1)
        near = (own == others) & (own >= 0) & (self._distance <= reach) & (self._distance > 0)
        return near.to(self.into.dtype)

    @staticmethod
    def _rows(table: Tensor, ids: Tensor) -> Tensor:
        return table.index_select(0, ids.reshape(-1)).view(*ids.shape, -1)

    @staticmethod
    def _descend(table: Tensor, rows: Tensor, gradient: Tensor, hits: Tensor, lr: float) -> None:
        rows, flat = rows.reshape(-1), gradient.reshape(len(rows.reshape(-1)), -1)
        total = table.new_zeros(len(table)).index_add_(0, rows, hits.reshape(-1))
        scale = (LIMIT / total.clamp(min=LIMIT))[rows]
        table.index_add_(0, rows, flat * scale.unsqueeze(1), alpha=-lr)

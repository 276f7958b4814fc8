"""Beam search for many sources at once: what the training program translates with.

The hypotheses of all sources are rows of one batch, so a step is one `advance` and a few operations
on tensors, whatever the number of sources. A source leaves the batch as soon as none of its open
hypotheses can become its best one: ln p only falls, and no length can make up for it.

Shapes:

    B  sources      A  sources that are still searched      V  words      t  words so far
    K  hypotheses of a source: 1 at first, then at most k
"""

from __future__ import annotations

from itertools import takewhile

import torch
from torch import Tensor

INF = float("inf")


@torch.no_grad()
def beam_search_batch(
    model,  # begin, advance and select, see seq2seq.py
    src: Tensor,
    src_lengths: Tensor,
    bos: int,
    eos: int,
    max_length: int,
    k: int,
    length_penalty: float = 0.0,
) -> list[tuple[list[int], float]]:
    """The first of the hypotheses that `beam_search` finds, for each row of src (B, S).

    ([], -inf) where there is none. Only ties may go another way, and what rounding makes one: a row
    of a batch is not rounded as the same row alone. Raises ValueError naming k below 1.
    """
    if k < 1:
        raise ValueError("k must be at least 1")
    best = src.new_full((len(src),), -INF, dtype=torch.float64)  # (B,) scores
    found = src.new_full((len(src), max_length), eos)  # the words of the best, filled up with eos
    state = model.begin(src, src_lengths)
    rows = torch.arange(len(src), device=src.device)  # (A,)
    totals = src.new_zeros((len(src), 1), dtype=torch.float64)  # (A, K) ln p
    words = src.new_empty((len(src), 1, 0))  # (A, K, t)
    last = src.new_full((len(src),), bos)  # (A K,)
    for length in range(1, max_length + 1):
        log_probs, state = model.advance(last, state)  # (A K, V)
        width = totals.shape[1]
        totals, parents, tokens = _extend(totals, log_probs, k)  # (A, K) each
        old = words.gather(1, parents.unsqueeze(2).expand(-1, -1, length - 1))
        words = torch.cat([old, tokens.unsqueeze(2)], dim=2)  # (A, K, t)

        ended = tokens == eos
        stopped = ended if length < max_length else torch.ones_like(ended)
        scores = torch.where(stopped, totals, -INF) / length**length_penalty
        score, place = scores.max(dim=1)  # (A,)
        written = words[torch.arange(len(rows), device=src.device), place]  # (A, t)
        better = score > best[rows]
        best[rows] = torch.where(better, score, best[rows])
        found[rows, :length] = torch.where(better.unsqueeze(1), written, found[rows, :length])

        totals = torch.where(ended, -INF, totals)  # they are not extended
        # of the lengths to come the one that flatters a total most
        most = max((length + 1) ** length_penalty, max_length**length_penalty)
        hopeful = totals.max(dim=1).values / most > best[rows]
        # how many rows the next step has must be known: here, and only here, it waits for the device
        kept = hopeful.nonzero().squeeze(1)
        if length == max_length or len(kept) == 0:
            break
        state = model.select(state, (kept.unsqueeze(1) * width + parents[kept]).flatten())
        rows, totals, words, last = rows[kept], totals[kept], words[kept], tokens[kept].flatten()
    spoken = [list(takewhile(lambda word: word != eos, row)) for row in found.tolist()]
    return list(zip(spoken, best.tolist(), strict=True))


def _extend(totals: Tensor, log_probs: Tensor, k: int) -> tuple[Tensor, Tensor, Tensor]:
    """The k best extensions of each source: their ln p, the hypothesis each extends, its new word.

    totals (A, K), log_probs (A K, V) -> three of (A, at most k).
    """
    # no more than k extensions of one hypothesis can be among the k best of all
    likely, tokens = log_probs.topk(min(k, log_probs.shape[1]), dim=1)  # (A K, k)
    choices = likely.shape[1]
    table = totals.unsqueeze(2) + likely.double().unflatten(0, totals.shape)  # (A, K, k)
    totals, places = table.flatten(1).topk(min(k, table[0].numel()), dim=1)
    return totals, places // choices, tokens.view(len(totals), -1).gather(1, places)

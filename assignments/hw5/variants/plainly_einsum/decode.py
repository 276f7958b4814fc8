from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

Hypothesis = tuple[list[int], float]


@contextmanager
def _at_rest(model) -> Iterator[None]:
    """No gradient and no dropout inside; the mode is the old one afterwards."""
    mode = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(mode)


def greedy(
    model, src: Tensor, src_lengths: Tensor, bos: int, eos: int, max_length: int
) -> list[list[int]]:
    if max_length < 0:
        raise ValueError("max_length is negative")
    tokens = src.new_full((len(src),), bos)
    columns = [tokens]
    running = torch.ones_like(tokens, dtype=torch.bool)
    with _at_rest(model):
        state = model.begin(src, src_lengths)
        while len(columns) <= max_length and running.any():
            log_probs, state = model.advance(tokens, state)
            # What has ended goes on with eos.
            tokens = log_probs.argmax(-1).where(running, torch.full_like(tokens, eos))
            running = running & (tokens != eos)
            columns.append(tokens)
    rows = torch.stack(columns, 1)[:, 1:].tolist()
    return [row[: row.index(eos)] if eos in row else row for row in rows]


def _search(
    rows: Callable[[list[list[int]], list[int]], list[list[float]]],
    steps: int,
    eos: int,
    k: int,
    length_penalty: float,
) -> list[Hypothesis]:
    """`rows` takes the running sequences and their parents' places, and gives log-probabilities."""
    if k < 1:
        raise ValueError("k is below 1")
    if length_penalty < 0:
        raise ValueError("length_penalty is negative")
    running: list[Hypothesis] = [([], 0.0)]
    parents = [0]
    done: list[Hypothesis] = []
    for _ in range(steps):
        ways = [
            (-(log + gain), [*tokens, token], place)
            for place, ((tokens, log), row) in enumerate(
                zip(running, rows([tokens for tokens, _ in running], parents), strict=True)
            )
            for token, gain in enumerate(row)
            if gain > -math.inf
        ]
        # What is finished keeps its place in the beam as long as it is among the best.
        best = heapq.nsmallest(k, ways + [(-log, tokens, -1) for tokens, log in done])
        done = [(tokens, -cost) for cost, tokens, _ in best if tokens[-1] == eos]
        best = [way for way in best if way[1][-1] != eos]
        running = [(tokens, -cost) for cost, tokens, _ in best]
        parents = [place for _, _, place in best]
        if not running:
            break
    scored = [
        (-log / len(tokens) ** length_penalty, tokens[:-1] if tokens[-1] == eos else tokens)
        for tokens, log in done + running
        if tokens
    ]
    return [(tokens, -cost) for cost, tokens in heapq.nsmallest(k, scored)]


def beam_search(
    model,
    src: Tensor,
    src_lengths: Tensor,
    bos: int,
    eos: int,
    max_length: int,
    k: int,
    length_penalty: float = 0.0,
) -> list[tuple[list[int], float]]:
    if src.shape[0] != 1:
        raise ValueError("src holds more than one sentence")
    if max_length < 1:
        raise ValueError("max_length is below 1")
    with _at_rest(model):
        state = model.begin(src, src_lengths)

        def rows(running: list[list[int]], parents: list[int]) -> list[list[float]]:
            nonlocal state
            state = model.select(state, src.new_tensor(parents))
            last = src.new_tensor([tokens[-1] if tokens else bos for tokens in running])
            log_probs, state = model.advance(last, state)
            return log_probs.double().tolist()

        return _search(rows, max_length, eos, k, length_penalty)


def beam_search_table(
    log_probs: Tensor, bos: int, eos: int, k: int, length_penalty: float = 0.0
) -> list[tuple[list[int], float]]:
    if log_probs.dim() != 3 or log_probs.shape[1] != log_probs.shape[2] or not len(log_probs):
        raise ValueError("log_probs is not (T, V, V)")
    for name, token in {"bos": bos, "eos": eos}.items():
        if not 0 <= token < log_probs.shape[1]:
            raise ValueError(f"{name} is no id of log_probs")
    table = log_probs.double()

    def rows(running: list[list[int]], parents: list[int]) -> list[list[float]]:
        last = [tokens[-1] if tokens else bos for tokens in running]
        return table[len(running[0]), last].tolist()

    return _search(rows, len(table), eos, k, length_penalty)

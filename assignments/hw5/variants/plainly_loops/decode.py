from __future__ import annotations

import math

import torch
from torch import Tensor

Hypothesis = tuple[list[int], float]


@torch.no_grad()
def greedy(
    model, src: Tensor, src_lengths: Tensor, bos: int, eos: int, max_length: int
) -> list[list[int]]:
    if max_length < 0:
        raise ValueError("max_length must not be negative")
    was_training = model.training
    model.eval()
    sentences = [[] for _ in range(len(src))]
    done = [False] * len(src)
    tokens = [bos] * len(src)
    state = model.begin(src, src_lengths)
    for _ in range(max_length):
        if all(done):
            break
        log_probs, state = model.advance(torch.tensor(tokens, device=src.device), state)
        tokens = log_probs.argmax(1).tolist()
        for row, token in enumerate(tokens):
            if token == eos:
                done[row] = True
            if not done[row]:
                sentences[row].append(token)
    model.train(was_training)
    return sentences


def _normalised(log_prob: float, length: int, length_penalty: float) -> float:
    return log_prob / length**length_penalty


def _best(
    alive: list[Hypothesis], rows: list[list[float]], k: int
) -> list[tuple[float, list[int], int]]:
    """The k most probable ways to go on, as (log-probability, new tokens, parent)."""
    ways = []
    for parent, (tokens, log_prob) in enumerate(alive):
        for token, gain in enumerate(rows[parent]):
            if gain > -math.inf:
                ways.append((log_prob + gain, [*tokens, token], parent))
    ways.sort(key=lambda way: (-way[0], way[1]))
    return ways[:k]


def _rank(finished: list[Hypothesis], k: int) -> list[Hypothesis]:
    return sorted(finished, key=lambda pair: (-pair[1], pair[0]))[:k]


def _check(k: int, length_penalty: float) -> None:
    if k < 1:
        raise ValueError("k must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be negative")


@torch.no_grad()
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
    _check(k, length_penalty)
    if len(src) != 1:
        raise ValueError("src must be one sentence, (1, S)")
    if max_length < 1:
        raise ValueError("max_length must be at least 1")
    was_training = model.training
    model.eval()
    state = model.begin(src, src_lengths)
    alive = [([], 0.0)]
    finished = []
    for _ in range(max_length):
        last = [tokens[-1] if tokens else bos for tokens, _ in alive]
        log_probs, state = model.advance(torch.tensor(last, device=src.device), state)
        alive, parents = _go_on(alive, log_probs.tolist(), eos, k, length_penalty, finished)
        if not alive:
            break
        state = model.select(state, torch.tensor(parents, device=src.device))
    model.train(was_training)
    return _close(alive, finished, k, length_penalty)


def _go_on(
    alive: list[Hypothesis],
    rows: list[list[float]],
    eos: int,
    k: int,
    length_penalty: float,
    finished: list[Hypothesis],
) -> tuple[list[Hypothesis], list[int]]:
    """One step: what ends joins `finished`, the rest comes back with its parents."""
    still, parents = [], []
    for log_prob, tokens, parent in _best(alive, rows, k):
        if tokens[-1] == eos:
            score = _normalised(log_prob, len(tokens), length_penalty)
            finished.append((tokens[:-1], score))
        else:
            still.append((tokens, log_prob))
            parents.append(parent)
    return still, parents


def _close(
    alive: list[Hypothesis], finished: list[Hypothesis], k: int, length_penalty: float
) -> list[Hypothesis]:
    cut = [(tokens, _normalised(log, len(tokens), length_penalty)) for tokens, log in alive]
    return _rank(finished + cut, k)


def beam_search_table(
    log_probs: Tensor, bos: int, eos: int, k: int, length_penalty: float = 0.0
) -> list[tuple[list[int], float]]:
    _check(k, length_penalty)
    if log_probs.dim() != 3 or len(log_probs) == 0 or log_probs.shape[1] != log_probs.shape[2]:
        raise ValueError("log_probs must be (T, V, V)")
    vocab = log_probs.shape[1]
    if not 0 <= bos < vocab:
        raise ValueError("bos must be below V")
    if not 0 <= eos < vocab:
        raise ValueError("eos must be below V")
    alive = [([], 0.0)]
    finished = []
    for table in log_probs.tolist():
        rows = [table[tokens[-1] if tokens else bos] for tokens, _ in alive]
        alive, _ = _go_on(alive, rows, eos, k, length_penalty, finished)
    return _close(alive, finished, k, length_penalty)

from __future__ import annotations

import random

import torch
from torch import Tensor


def wordpiece(word: str, vocab: list[str]) -> list[str]:
    known, pieces, rest = frozenset(vocab), [], word
    while rest:
        marks = "##" if pieces else ""
        fitting = (end for end in range(len(rest), 0, -1) if marks + rest[:end] in known)
        end = next(fitting, 0)
        if not end:
            return ["[UNK]"]
        pieces.append(marks + rest[:end])
        rest = rest[end:]
    return pieces


def pack(
    a: list[int], b: list[int] | None, cls: int, sep: int, max_len: int
) -> tuple[list[int], list[int]]:
    room = max_len - (2 if b is None else 3)
    if room < 0:
        raise ValueError("max_len is too small")
    if b is None:
        ids = [cls, *a[:room], sep]
        return ids, [0] * len(ids)
    # Cut to the size of the other first, then in turns: b, a, b, ...
    size_a = min(len(a), max(room - len(b), room - room // 2))
    size_b = min(len(b), room - size_a)
    ids = [cls, *a[:size_a], sep, *b[:size_b], sep]
    return ids, [0] * (size_a + 2) + [1] * (size_b + 1)


def mask_tokens(
    ids: Tensor, special: Tensor, vocab_size: int, mask_id: int, seed: int, p: float = 0.15
) -> tuple[Tensor, Tensor]:
    if ids.shape != special.shape:
        raise ValueError("ids and special do not fit")
    if p < 0 or p > 1:
        raise ValueError("p lies outside of [0, 1]")
    generator = torch.Generator().manual_seed(seed)
    lot = torch.rand(2, *ids.shape, generator=generator, dtype=torch.float64).to(ids.device)
    strangers = torch.randint(vocab_size, ids.shape, generator=generator).to(ids.device)
    chosen = (lot[0] < p) & ~special
    inputs = torch.where(chosen & (lot[1] < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (lot[1] >= 0.9), strangers, inputs)
    return inputs, ids.masked_fill(~chosen, -100)


def next_sentence_pairs(
    documents: list[list[list[int]]], seed: int
) -> list[tuple[list[int], list[int], bool]]:
    """A stranger's document is drawn first, then the sentence in it."""
    generator = random.Random(seed)
    filled = [number for number, document in enumerate(documents) if document]
    pairs = []
    for number, document in enumerate(documents):
        for first, second in zip(document, document[1:], strict=False):
            if generator.getrandbits(1):
                pairs.append((first.copy(), second.copy(), True))
                continue
            elsewhere = [other for other in filled if other != number]
            if not elsewhere:
                raise ValueError("documents: a second one is needed")
            stranger = generator.choice(documents[generator.choice(elsewhere)])
            pairs.append((first.copy(), stranger.copy(), False))
    return pairs

from __future__ import annotations

import random

import torch
from torch import Tensor


def wordpiece(word: str, vocab: list[str]) -> list[str]:
    known = set(vocab)
    pieces, begin = [], 0
    while begin < len(word):
        end = len(word)
        while end > begin:
            piece = word[begin:end] if begin == 0 else "##" + word[begin:end]
            if piece in known:
                break
            end -= 1
        if end == begin:
            return ["[UNK]"]
        pieces.append(piece)
        begin = end
    return pieces


def pack(
    a: list[int], b: list[int] | None, cls: int, sep: int, max_len: int
) -> tuple[list[int], list[int]]:
    if max_len < (2 if b is None else 3):
        raise ValueError("max_len leaves no room for the special ids")
    first = list(a)
    if b is None:
        while len(first) + 2 > max_len:
            first.pop()
        return [cls, *first, sep], [0] * (len(first) + 2)
    second = list(b)
    while len(first) + len(second) + 3 > max_len:
        if len(first) > len(second):
            first.pop()
        else:
            second.pop()
    ids = [cls, *first, sep, *second, sep]
    return ids, [0] * (len(first) + 2) + [1] * (len(second) + 1)


def mask_tokens(
    ids: Tensor, special: Tensor, vocab_size: int, mask_id: int, seed: int, p: float = 0.15
) -> tuple[Tensor, Tensor]:
    if special.shape != ids.shape:
        raise ValueError("special must have the shape of ids")
    if not 0 <= p <= 1:
        raise ValueError("p must be a probability")
    if vocab_size < 1:
        raise ValueError("vocab_size must be at least 1")
    chooser = random.Random(seed)
    inputs, labels = [], []
    for token, spared in zip(ids.flatten().tolist(), special.flatten().tolist(), strict=True):
        new, label = token, -100
        if not spared and chooser.random() < p:
            label = token
            fate = chooser.random()
            if fate < 0.8:
                new = mask_id
            elif fate < 0.9:
                new = chooser.randrange(vocab_size)
        inputs.append(new)
        labels.append(label)
    shape, device = ids.shape, ids.device
    return (
        torch.tensor(inputs, dtype=torch.int64, device=device).reshape(shape),
        torch.tensor(labels, dtype=torch.int64, device=device).reshape(shape),
    )


def next_sentence_pairs(
    documents: list[list[list[int]]], seed: int
) -> list[tuple[list[int], list[int], bool]]:
    chooser = random.Random(seed)
    pairs = []
    for number, document in enumerate(documents):
        strangers = []
        for other, sentences in enumerate(documents):
            if other != number:
                strangers += sentences
        if len(document) > 1 and not strangers:
            raise ValueError("documents must hold a sentence in another document")
        for place in range(len(document) - 1):
            follows = chooser.random() < 0.5
            second = document[place + 1] if follows else chooser.choice(strangers)
            pairs.append((list(document[place]), list(second), follows))
    return pairs

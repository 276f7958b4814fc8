"""BERT's inputs as tensors."""

from __future__ import annotations

import torch


def wordpiece(word, vocab):
    vocab, pieces, start = frozenset(vocab), [], 0
    while start < len(word):
        ends = (
            end
            for end in range(len(word), start, -1)
            if "##" * (start > 0) + word[start:end] in vocab
        )
        end = next(ends, None)
        if end is None:
            return ["[UNK]"]
        pieces.append("##" * (start > 0) + word[start:end])
        start = end
    return pieces


def pack(a, b, cls, sep, max_len):
    if b is None:
        first = [cls, *a[: max(max_len - 2, 0)], sep]
        return first, [0] * len(first)
    room = max(max_len - 3, 0)
    long_a, long_b = len(a), len(b)
    if long_a + long_b > room:
        # the longer shrinks to the other's length; then both in turn, b first
        keep_b = min(long_b, max(room // 2, room - long_a))
        keep_a = min(long_a, room - keep_b)
    else:
        keep_a, keep_b = long_a, long_b
    first = [cls, *a[:keep_a], sep]
    second = [*b[:keep_b], sep]
    return first + second, [0] * len(first) + [1] * len(second)


def mask_tokens(ids, special, vocab_size, mask_id, seed, p=0.15):
    if not 0 <= p <= 1:
        raise ValueError(f"p = {p} is no probability")
    if special.shape != ids.shape:
        raise ValueError("special and ids differ in shape")
    generator = torch.Generator().manual_seed(seed)
    chosen = (torch.rand(ids.shape, generator=generator) < p) & ~special
    fate = torch.rand(ids.shape, generator=generator)
    strangers = torch.randint(vocab_size, ids.shape, generator=generator)
    inputs = torch.where(chosen & (fate < 0.8), torch.full_like(ids, mask_id), ids)
    inputs = torch.where(chosen & (fate >= 0.9), strangers, inputs)
    return inputs, torch.where(chosen, ids, torch.full_like(ids, -100))


def next_sentence_pairs(documents, seed):
    generator = torch.Generator().manual_seed(seed)
    flat = [(d, sentence) for d, document in enumerate(documents) for sentence in document]
    if len({d for d, _ in flat}) < 2:
        raise ValueError("documents: no other document to draw from")
    pairs = []
    for d, document in enumerate(documents):
        others = [sentence for e, sentence in flat if e != d]
        for first, second in zip(document, document[1:]):
            is_next = bool(torch.rand((), generator=generator) < 0.5)
            if not is_next:
                second = others[int(torch.randint(len(others), (), generator=generator))]
            pairs.append((first, second, is_next))
    return pairs

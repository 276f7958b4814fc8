"""BERT's inputs, token by token."""

import random

import torch


def wordpiece(word, vocab):
    def cut(rest, first):
        if not rest:
            return []
        for end in range(len(rest), 0, -1):
            piece = rest[:end] if first else "##" + rest[:end]
            if piece in vocab:
                tail = cut(rest[end:], False)
                return None if tail is None else [piece] + tail
        return None

    pieces = cut(word, True)
    return ["[UNK]"] if pieces is None else pieces


def pack(a, b, cls, sep, max_len):
    room = max_len - (2 if b is None else 3)
    if b is None:
        a = a[: max(room, 0)]
        return [cls] + a + [sep], [0] * (len(a) + 2)
    m, n = len(a), len(b)
    while m + n > room:
        if m > n:
            m -= 1
        else:
            n -= 1
    return [cls] + a[:m] + [sep] + b[:n] + [sep], [0] * (m + 2) + [1] * (n + 1)


def mask_tokens(ids, special, vocab_size, mask_id, seed, p=0.15):
    if not 0 <= p <= 1:
        raise ValueError("p is a probability")
    dice = random.Random(seed)
    inputs, labels = ids.flatten().tolist(), [-100] * ids.numel()
    for i, untouchable in enumerate(special.flatten().tolist()):
        if untouchable or dice.random() >= p:
            continue
        labels[i] = inputs[i]
        fate = dice.randrange(10)
        if fate < 8:
            inputs[i] = mask_id
        elif fate == 8:
            inputs[i] = dice.randrange(vocab_size)
    return torch.tensor(inputs).reshape(ids.shape), torch.tensor(labels).reshape(ids.shape)


def next_sentence_pairs(documents, seed):
    dice, pairs = random.Random(seed), []
    for d in range(len(documents)):
        strangers = [s for e in range(len(documents)) if e != d for s in documents[e]]
        for i in range(len(documents[d]) - 1):
            if dice.randrange(2):
                pairs.append((documents[d][i], documents[d][i + 1], True))
            else:
                pairs.append((documents[d][i], dice.choice(strangers), False))
    return pairs

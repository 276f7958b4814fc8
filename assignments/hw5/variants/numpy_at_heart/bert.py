"""BERT's inputs, with random and lists."""

import random

import torch


def wordpiece(word, vocab):
    known = set(vocab)
    pieces, rest = [], word
    while rest:
        for size in range(len(rest), 0, -1):
            piece = rest[:size] if not pieces else "##" + rest[:size]
            if piece in known:
                pieces.append(piece)
                rest = rest[size:]
                break
        else:
            return ["[UNK]"]
    return pieces


def pack(a, b, cls, sep, max_len):
    marks = 2 if b is None else 3
    if max_len < marks:
        raise ValueError("max_len leaves no room")
    if b is None:
        a = a[: max_len - 2]
        return [cls, *a, sep], [0] * (len(a) + 2)
    na, nb = len(a), len(b)
    while na + nb + 3 > max_len:
        if na > nb:
            na -= 1
        else:
            nb -= 1
    ids = [cls, *a[:na], sep, *b[:nb], sep]
    return ids, [0] * (na + 2) + [1] * (nb + 1)


def mask_tokens(ids, special, vocab_size, mask_id, seed, p=0.15):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if special.shape != ids.shape:
        raise ValueError("special must have the shape of ids")
    if not 0 <= mask_id < vocab_size:
        raise ValueError("mask_id is no word")
    dice = random.Random(seed)
    inputs, labels = ids.tolist(), [[-100] * ids.shape[1] for _ in ids]
    for b, row in enumerate(ids.tolist()):
        for t, word in enumerate(row):
            if special[b, t] or dice.random() >= p:
                continue
            labels[b][t] = word
            what = dice.random()
            if what < 0.8:
                inputs[b][t] = mask_id
            elif what < 0.9:
                inputs[b][t] = dice.randrange(vocab_size)
    shape = tuple(ids.shape)
    return (
        torch.tensor(inputs, dtype=torch.int64).reshape(shape),
        torch.tensor(labels, dtype=torch.int64).reshape(shape),
    )


def next_sentence_pairs(documents, seed):
    if sum(1 for document in documents if document) < 2:
        raise ValueError("documents: at least two are needed")
    dice = random.Random(seed)
    pairs = []
    for d, document in enumerate(documents):
        for i in range(len(document) - 1):
            if dice.random() < 0.5:
                pairs.append((list(document[i]), list(document[i + 1]), True))
                continue
            while True:
                other = dice.randrange(len(documents))
                if other != d and documents[other]:
                    break
            pairs.append((list(document[i]), list(dice.choice(documents[other])), False))
    return pairs

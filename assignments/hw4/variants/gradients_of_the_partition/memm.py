"""A maximum-entropy Markov model trained by autograd and Adam on all positions at once."""

import math

import numpy as np
import torch
from torch.nn import functional as F


def features(words, i, previous_tag):
    word = words[i]
    yes_no = {True: "yes", False: "no"}
    return [
        "word " + word,
        "tag before " + ("<start>" if previous_tag is None else previous_tag),
        "ends in " + word[-3:],
        "upper case " + yes_no[word[:1].isupper()],
        "digit " + yes_no[any(c.isdigit() for c in word)],
        "word before " + (words[i - 1] if i else "<start>"),
        "always",
    ]


class MEMM:
    def __init__(self, tags, l2=0.0):
        if l2 < 0:
            raise ValueError("l2: must not be negative")
        if not tags:
            raise ValueError("tags: at least one is needed")
        self.tags = list(tags)
        self.l2 = l2
        self.index = {}
        self.weight = torch.zeros(1, len(self.tags), dtype=torch.float64)

    def _ids(self, words, i, previous_tag, *, grow=False):
        names = features(words, i, previous_tag)
        if grow:
            return [self.index.setdefault(name, len(self.index) + 1) for name in names]
        return [self.index.get(name, 0) for name in names]  # row 0 stays zero

    def fit(self, sentences, epochs=20, lr=0.5, seed=0):
        numbers = {tag: number for number, tag in enumerate(self.tags)}
        self.index, rows, gold = {}, [], []
        for sentence in sentences:
            words = [word for word, _ in sentence]
            previous = None
            for i, (_, tag) in enumerate(sentence):
                if tag not in numbers:
                    raise ValueError(f"sentences: the tag {tag} is not among tags")
                rows.append(self._ids(words, i, previous, grow=True))
                gold.append(numbers[tag])
                previous = tag
        if not rows:
            raise ValueError("sentences: at least one token is needed")
        X, y = torch.tensor(rows), torch.tensor(gold)
        weight = torch.zeros(len(self.index) + 1, len(self.tags), dtype=torch.float64)
        weight.requires_grad_()
        optimiser = torch.optim.Adam([weight], lr=0.2 * lr)
        generator = torch.Generator().manual_seed(seed)
        size = min(32, max(1, len(X) // 10))
        steps = epochs * math.ceil(len(X) / size)
        schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.05, max(1, steps))
        for _ in range(epochs):
            for batch in torch.randperm(len(X), generator=generator).split(size):
                scores = F.embedding(X[batch], weight, padding_idx=0).sum(dim=1)
                loss = F.cross_entropy(scores, y[batch]) + self.l2 / 2 * weight.square().sum()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
        self.weight = weight.detach()
        return self

    def _rows(self, words, i, tags):
        ids = torch.tensor([self._ids(words, i, tag) for tag in tags])
        return torch.log_softmax(self.weight[ids].sum(dim=1), dim=-1)

    def log_prob_next(self, words, i, previous_tag):
        if not 0 <= i < len(words):
            raise ValueError("i: not a position of words")
        return self._rows(words, i, [previous_tag])[0].numpy()

    def decode(self, words):
        if not words:
            raise ValueError("words: at least one is needed")
        S = len(self.tags)
        scores = torch.full((len(words), S, S), -math.inf, dtype=torch.float64)
        scores[0, 0] = self._rows(words, 0, [None])[0]
        for i in range(1, len(words)):
            scores[i] = self._rows(words, i, self.tags)
        path, _ = _best(scores)
        return [self.tags[state] for state in path]


def _tensor(scores):
    scores = torch.tensor(np.asarray(scores), dtype=torch.float64)
    if scores.dim() != 3 or scores.numel() == 0 or scores.shape[1] != scores.shape[2]:
        raise ValueError("scores: expected (T, S, S)")
    return scores


def _best(scores):
    total, pointers = scores[0, 0], []
    for step in scores[1:]:
        total, pointer = (total.unsqueeze(1) + step).max(dim=0)
        pointers.append(pointer)
    path = [total.argmax()]
    for pointer in reversed(pointers):
        path.append(pointer[path[-1]])
    return torch.stack(path[::-1]).numpy(), total.max().item()


def locally_normalised(scores):
    return _best(torch.log_softmax(_tensor(scores), dim=2).nan_to_num(nan=-math.inf, neginf=-math.inf))


def globally_normalised(scores):
    scores = _tensor(scores)
    path, best = _best(scores)
    if best == -math.inf:
        return path, best
    total = scores[0, 0]
    for step in scores[1:]:
        total = torch.logsumexp(total.unsqueeze(1) + step, dim=0)
    return path, best - torch.logsumexp(total, dim=0).item()

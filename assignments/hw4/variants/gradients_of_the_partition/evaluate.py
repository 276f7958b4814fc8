"""Figures from tensors of agreements; tagging by the batched Viterbi."""

from collections import Counter

import torch

from .data import word_class
from .decode import viterbi_batch
from .estimate import estimate


def _agreement(gold, predicted, words=None):
    if len(gold) != len(predicted) or any(
        len(g) != len(p) for g, p in zip(gold, predicted, strict=True)
    ):
        raise ValueError("predicted: must have the lengths of gold")
    if words is not None and [len(row) for row in words] != [len(row) for row in gold]:
        raise ValueError("words: must have the lengths of gold")
    return torch.tensor(
        [g == p for gs, ps in zip(gold, predicted, strict=True) for g, p in zip(gs, ps, strict=True)],
        dtype=torch.bool,
    )


def _share(right):
    return right.double().mean().item() if right.numel() else 0.0


def accuracy(gold, predicted):
    right = _agreement(gold, predicted)
    if right.numel() == 0:
        raise ValueError("gold: at least one token is needed")
    return _share(right)


def known_unknown_accuracy(gold, predicted, words, known):
    right = _agreement(gold, predicted, words)
    mask = torch.tensor([word in known for row in words for word in row], dtype=torch.bool)
    return _share(right[mask]), _share(right[~mask])


def spans(tags):
    """A span is open while I- of its kind follow."""
    closed, opened = [], None
    for end, tag in enumerate([*tags, "O"]):
        position, kind = tag[:1], tag[2:]
        if opened and (position != "I" or kind != opened[0]):
            closed.append((opened[0], opened[1], end))
            opened = None
        if position in ("B", "I") and opened is None:
            opened = (kind, end)
    return closed


def span_f1(gold, predicted):
    _agreement(gold, predicted)
    hits = told = true = 0
    for g, p in zip(gold, predicted, strict=True):
        g, p = set(spans(g)), set(spans(p))
        hits, told, true = hits + len(g & p), told + len(p), true + len(g)
    return (
        hits / told if told else 0.0,
        hits / true if true else 0.0,
        2 * hits / (told + true) if told + true else 0.0,
    )


def confusions(gold, predicted, k):
    if k < 1:
        raise ValueError("k: must be at least 1")
    _agreement(gold, predicted)
    counts = Counter()
    for g, p in zip(gold, predicted, strict=True):
        counts.update((a, b) for a, b in zip(g, p, strict=True) if a != b)
    ranked = sorted(counts, key=lambda pair: (-counts[pair], *pair))
    return [(a, b, counts[a, b]) for a, b in ranked[:k]]


class Tagger:
    def __init__(self, sentences, alpha, min_count):
        counts = Counter(word for sentence in sentences for word, _ in sentence)
        self.known = {word for word, count in counts.items() if count >= min_count}
        self.tags = sorted({tag for sentence in sentences for _, tag in sentence})
        self.ids = {"<unk>": 0}
        sequences = [[self._learn(word) for word, _ in sentence] for sentence in sentences]
        tags = [[self.tags.index(tag) for _, tag in sentence] for sentence in sentences]
        hmm = estimate(sequences, tags, len(self.tags), len(self.ids), alpha)
        self.model = [torch.from_numpy(t) for t in (hmm.log_pi, hmm.log_A, hmm.log_B)]

    def _spell(self, word):
        return word if word in self.known else word_class(word)

    def _learn(self, word):
        return self.ids.setdefault(self._spell(word), len(self.ids))

    def tag(self, words):
        if not words:
            return []
        ids = torch.tensor([[self.ids.get(self._spell(word), 0) for word in words]])
        paths, _ = viterbi_batch(*self.model, ids, torch.tensor([len(words)]))
        return [self.tags[state] for state in paths[0].tolist()]


def train_tagger(sentences, alpha=0.1, min_count=2):
    if alpha < 0:
        raise ValueError("alpha: must not be negative")
    if min_count < 1:
        raise ValueError("min_count: must be at least 1")
    if not any(len(sentence) for sentence in sentences):
        raise ValueError("sentences: at least one token is needed")
    return Tagger(sentences, alpha, min_count)

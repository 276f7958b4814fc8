"""Figures from flat arrays."""

from collections import Counter

import numpy as np

from .data import word_class
from .decode import viterbi
from .estimate import estimate


def _flat(name, lists, like):
    if [len(row) for row in lists] != [len(row) for row in like]:
        raise ValueError(f"{name} differs from gold in length")
    return np.array([item for row in lists for item in row], dtype=object)


def _equal(gold, predicted):
    return np.asarray(_flat("gold", gold, gold) == _flat("predicted", predicted, gold), dtype=bool)


def accuracy(gold, predicted):
    equal = _equal(gold, predicted)
    if equal.size == 0:
        raise ValueError("gold has no tokens")
    return float(equal.mean())


def known_unknown_accuracy(gold, predicted, words, known):
    equal = _equal(gold, predicted)
    familiar = np.array([word in known for word in _flat("words", words, gold)], dtype=bool)
    known_ones, unknown_ones = equal[familiar], equal[~familiar]
    return (
        float(known_ones.mean()) if known_ones.size else 0.0,
        float(unknown_ones.mean()) if unknown_ones.size else 0.0,
    )


def spans(tags):
    kinds = [tag[2:] if tag[:2] in ("B-", "I-") else None for tag in tags]
    begins = [
        i
        for i, (tag, kind) in enumerate(zip(tags, kinds, strict=True))
        if kind is not None and (tag[0] == "B" or i == 0 or kinds[i - 1] != kind)
    ]
    found = []
    for i in begins:
        end = i + 1
        while end < len(tags) and tags[end] == "I-" + kinds[i]:
            end += 1
        found.append((kinds[i], i, end))
    return found


def span_f1(gold, predicted):
    _flat("predicted", predicted, gold)
    sets = [{(n, *span) for n, tags in enumerate(side) for span in spans(tags)} for side in (gold, predicted)]
    hits = len(sets[0] & sets[1])
    precision = hits / max(1, len(sets[1]))
    recall = hits / max(1, len(sets[0]))
    return precision, recall, 2 * hits / max(1, len(sets[0]) + len(sets[1]))


def confusions(gold, predicted, k):
    if k < 1:
        raise ValueError("k is below 1")
    pairs = zip(_flat("gold", gold, gold), _flat("predicted", predicted, gold), strict=True)
    counts = Counter(pair for pair in pairs if pair[0] != pair[1])
    return sorted(((g, p, n) for (g, p), n in counts.items()), key=lambda row: (-row[2], row))[:k]


class Tagger:
    def __init__(self, vocabulary, tags, hmm):
        self.vocabulary, self.tags, self.hmm = vocabulary, tags, hmm

    def _id(self, word):
        for name in (word, word_class(word), "<unk>"):
            if name in self.vocabulary:
                return self.vocabulary[name]
        raise AssertionError("<unk> is always there")

    def tag(self, words):
        if not len(words):
            return []
        hmm = self.hmm
        path, _ = viterbi(hmm.log_pi, hmm.log_A, hmm.log_B, [self._id(word) for word in words])
        return [self.tags[state] for state in path]


def train_tagger(sentences, alpha=0.1, min_count=2):
    if alpha < 0:
        raise ValueError("alpha is negative")
    if min_count < 1:
        raise ValueError("min_count is below 1")
    sentences = [sentence for sentence in sentences if sentence]
    if not sentences:
        raise ValueError("sentences is empty")
    counts = Counter(word for sentence in sentences for word, _ in sentence)
    spelled = [
        [word if counts[word] >= min_count else word_class(word) for word, _ in sentence]
        for sentence in sentences
    ]
    names = sorted({name for row in spelled for name in row} | {"<unk>"})
    vocabulary = {name: number for number, name in enumerate(names)}
    tags = sorted({tag for sentence in sentences for _, tag in sentence})
    hmm = estimate(
        [[vocabulary[name] for name in row] for row in spelled],
        [[tags.index(tag) for _, tag in sentence] for sentence in sentences],
        len(tags),
        len(names),
        alpha,
    )
    return Tagger(vocabulary, tags, hmm)

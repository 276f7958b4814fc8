"""Figures by walking over the tokens, and a tagger made of the other modules."""

from .data import word_class
from .decode import viterbi
from .estimate import estimate


def _pairs(gold, predicted, **others):
    if len(gold) != len(predicted):
        raise ValueError("gold and predicted differ in length")
    for one, other in zip(gold, predicted):
        if len(one) != len(other):
            raise ValueError("a sentence of gold and of predicted differ in length")
    for name, lists in others.items():
        if [len(one) for one in lists] != [len(one) for one in gold]:
            raise ValueError(f"{name} and gold differ in length")
    for one, other in zip(gold, predicted):
        yield from zip(one, other)


def accuracy(gold, predicted):
    right = total = 0
    for one, other in _pairs(gold, predicted):
        right += one == other
        total += 1
    if total == 0:
        raise ValueError("gold must not be empty")
    return right / total


def known_unknown_accuracy(gold, predicted, words, known):
    right = {True: 0, False: 0}
    total = {True: 0, False: 0}
    outcomes = [one == other for one, other in _pairs(gold, predicted, words=words)]
    flat = [word for sentence in words for word in sentence]
    for word, outcome in zip(flat, outcomes):
        right[word in known] += outcome
        total[word in known] += 1
    shares = []
    for side in (True, False):
        shares.append(right[side] / total[side] if total[side] else 0.0)
    return shares[0], shares[1]


def spans(tags):
    found = []
    kind = begin = None
    for position, tag in enumerate(list(tags) + ["O"]):
        mark, _, name = tag.partition("-")
        goes_on = mark == "I" and kind is not None and name == kind
        if goes_on:
            continue
        if kind is not None:
            found.append((kind, begin, position))
            kind = None
        if mark in ("B", "I"):
            kind, begin = name, position
    return found


def span_f1(gold, predicted):
    list(_pairs(gold, predicted))
    hits = n_gold = n_predicted = 0
    for one, other in zip(gold, predicted):
        one, other = spans(one), spans(other)
        n_gold += len(one)
        n_predicted += len(other)
        for span in other:
            hits += span in one
    precision = hits / n_predicted if n_predicted else 0.0
    recall = hits / n_gold if n_gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return precision, recall, f1


def confusions(gold, predicted, k):
    if k < 1:
        raise ValueError("k must be at least 1")
    counts = {}
    for pair in _pairs(gold, predicted):
        if pair[0] != pair[1]:
            counts[pair] = counts.get(pair, 0) + 1
    rows = [(pair[0], pair[1], counts[pair]) for pair in sorted(counts)]
    rows.sort(key=lambda row: -row[2])
    return rows[:k]


class Tagger:
    def __init__(self, hmm, ids, tags):
        self.hmm, self.ids, self.tags = hmm, ids, tags

    def tag(self, words):
        if not words:
            return []
        numbers = []
        for word in words:
            if word not in self.ids:
                word = word_class(word)
            numbers.append(self.ids.get(word, self.ids["<unk>"]))
        path, _ = viterbi(self.hmm.log_pi, self.hmm.log_A, self.hmm.log_B, numbers)
        return [self.tags[state] for state in path.tolist()]


def train_tagger(sentences, alpha=0.1, min_count=2):
    if alpha < 0:
        raise ValueError("alpha must not be negative")
    if min_count < 1:
        raise ValueError("min_count must be at least 1")
    if not any(sentences):
        raise ValueError("sentences must not be empty")
    counts = {}
    for sentence in sentences:
        for word, _ in sentence:
            counts[word] = counts.get(word, 0) + 1
    ids = {"<unk>": 0}
    tag_ids = {}
    sequences, tags = [], []
    for sentence in sentences:
        if not sentence:
            continue
        sequences.append([])
        tags.append([])
        for word, tag in sentence:
            if counts[word] < min_count:
                word = word_class(word)
            sequences[-1].append(ids.setdefault(word, len(ids)))
            tags[-1].append(tag_ids.setdefault(tag, len(tag_ids)))
    hmm = estimate(sequences, tags, len(tag_ids), len(ids), alpha)
    return Tagger(hmm, ids, list(tag_ids))

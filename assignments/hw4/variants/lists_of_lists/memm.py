"""A maximum-entropy Markov model with weights in a dictionary, one example at a time."""

import math
import random

import numpy as np

from ._lists import INF, log_sum


def features(words, i, previous_tag):
    word = words[i]
    found = ["bias", "word=" + word, "previous=" + str(previous_tag), "suffix=" + word[-3:]]
    if previous_tag is None:
        found[2] = "at the start"
    if word[:1].isupper():
        found.append("capitalised")
    for character in word:
        if character.isdigit():
            found.append("has a digit")
            break
    return found


class MEMM:
    def __init__(self, tags, l2=0.0):
        if l2 < 0:
            raise ValueError("l2 must not be negative")
        if not tags:
            raise ValueError("tags must not be empty")
        self.tags = list(tags)
        self.l2 = l2
        self.weights = {}

    def fit(self, sentences, epochs=20, lr=0.5, seed=0):
        examples = []
        for sentence in sentences:
            words = [word for word, _ in sentence]
            previous = None
            for i, (_, tag) in enumerate(sentence):
                if tag not in self.tags:
                    raise ValueError(f"sentences hold the tag {tag}, which is not in tags")
                examples.append((features(words, i, previous), self.tags.index(tag)))
                previous = tag
        if not examples:
            raise ValueError("sentences must not be empty")
        self.weights = {}
        generator = random.Random(seed)
        for epoch in range(epochs):
            generator.shuffle(examples)
            step = lr / (1 + epoch / 10)
            for found, gold in examples:
                logs = self._log_softmax(found)
                for feature in found:
                    row = self.weights.setdefault(feature, [0.0] * len(self.tags))
                    for s in range(len(row)):
                        row[s] += step * ((s == gold) - math.exp(logs[s]))
            for row in self.weights.values():  # the penalty, as an implicit step
                for s in range(len(row)):
                    row[s] /= 1 + step * self.l2
        return self

    def _log_softmax(self, found):
        scores = [0.0] * len(self.tags)
        for feature in found:
            if feature in self.weights:
                for s, weight in enumerate(self.weights[feature]):
                    scores[s] += weight
        norm = log_sum(scores)
        return [score - norm for score in scores]

    def log_prob_next(self, words, i, previous_tag):
        if not 0 <= i < len(words):
            raise ValueError("i is no position of words")
        return np.array(self._log_softmax(features(words, i, previous_tag)))

    def decode(self, words):
        if not words:
            raise ValueError("words must not be empty")
        scores = list(self._log_softmax(features(words, 0, None)))
        pointers = []
        for i in range(1, len(words)):
            tables = [self._log_softmax(features(words, i, tag)) for tag in self.tags]
            new, back = _best_step(scores, tables)
            scores = new
            pointers.append(back)
        return [self.tags[s] for s in _follow(scores, pointers)]


def _best_step(scores, table):
    new, back = [], []
    for s in range(len(table[0])):
        best, who = -INF, 0
        for r in range(len(scores)):
            if scores[r] + table[r][s] > best:
                best, who = scores[r] + table[r][s], r
        new.append(best)
        back.append(who)
    return new, back


def _follow(scores, pointers):
    path = [scores.index(max(scores))]
    for back in reversed(pointers):
        path.append(back[path[-1]])
    path.reverse()
    return path


def _tables(scores):
    if np.ndim(scores) != 3 or len(scores) == 0:
        raise ValueError("scores must have the shape (T, S, S) with at least one step")
    tables = np.asarray(scores, dtype=np.float64).tolist()
    if len(tables[0]) != len(tables[0][0]) or not tables[0]:
        raise ValueError("scores must have the shape (T, S, S)")
    return tables


def _best_path(tables):
    best = tables[0][0]
    pointers = []
    for table in tables[1:]:
        best, back = _best_step(best, table)
        pointers.append(back)
    return np.array(_follow(best, pointers), dtype=np.int64), max(best)


def locally_normalised(scores):
    tables = []
    for table in _tables(scores):
        rows = []
        for row in table:
            norm = log_sum(row)
            rows.append([value - norm if value > -INF else -INF for value in row])
        tables.append(rows)
    return _best_path(tables)


def globally_normalised(scores):
    tables = _tables(scores)
    path, best = _best_path(tables)
    sums = tables[0][0]
    for table in tables[1:]:
        sums = [
            log_sum(sums[r] + table[r][s] for r in range(len(sums))) for s in range(len(sums))
        ]
    return path, (best - log_sum(sums) if best > -INF else -INF)

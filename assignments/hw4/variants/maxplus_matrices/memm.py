"""A maximum-entropy Markov model: one weight matrix, mini-batches, AdaGrad."""

import numpy as np

from .decode import _times


def features(words, i, previous_tag):
    word = words[i]
    return [
        f"w:{word}",
        f"p:{previous_tag}" if previous_tag is not None else "p",
        f"3:{word[-3:]}",
        f"c:{word[0:1] != word[0:1].lower()}",
        f"d:{any(letter in '0123456789' for letter in word)}",
        f"c&p:{word[0:1] != word[0:1].lower()}{previous_tag}",
    ]


def _log_softmax(scores):
    scores = scores - scores.max(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


class MEMM:
    def __init__(self, tags, l2=0.0):
        if l2 < 0:
            raise ValueError("l2 is negative")
        if not tags:
            raise ValueError("tags is empty")
        self.tags, self.l2 = list(tags), float(l2)
        self._column = {}
        self._weights = np.zeros((0, len(self.tags)))

    def fit(self, sentences, epochs=20, lr=0.5, seed=0):
        rows, gold = [], []
        state = {tag: number for number, tag in enumerate(self.tags)}
        for sentence in sentences:
            words = [word for word, _ in sentence]
            before = [None, *(tag for _, tag in sentence)]
            for i, (_, tag) in enumerate(sentence):
                if tag not in state:
                    raise ValueError(f"sentences: {tag!r} is none of the tags")
                rows.append(features(words, i, before[i]))
                gold.append(state[tag])
        if not rows:
            raise ValueError("sentences: nothing to learn from")
        self._column = {}
        X = np.array([[self._column.setdefault(f, len(self._column)) for f in row] for row in rows])
        Y = np.eye(len(self.tags))[gold]
        W = np.zeros((len(self._column), len(self.tags)))
        squares = np.full_like(W, 1e-8)
        generator = np.random.default_rng(seed)
        for _ in range(epochs):
            for batch in np.array_split(generator.permutation(len(X)), -(-len(X) // 16)):
                error = np.exp(_log_softmax(W[X[batch]].sum(axis=1))) - Y[batch]
                gradient = np.zeros_like(W)
                np.add.at(gradient, X[batch], error[:, None, :])
                gradient = gradient / len(batch) + self.l2 * W
                squares += gradient**2
                W -= lr * gradient / np.sqrt(squares)
        self._weights = W
        return self

    def _scores(self, words, i, previous_tag):
        known = [self._column[f] for f in features(words, i, previous_tag) if f in self._column]
        return _log_softmax(self._weights[known].sum(axis=0))

    def log_prob_next(self, words, i, previous_tag):
        if i not in range(len(words)):
            raise ValueError("i is out of range")
        if previous_tag is not None and previous_tag not in self.tags:
            raise ValueError("previous_tag is none of the tags")
        return self._scores(words, i, previous_tag)

    def decode(self, words):
        if len(words) == 0:
            raise ValueError("words is empty")
        rows = [self._scores(words, 0, None)]
        steps = []
        for i in range(1, len(words)):
            steps.append(np.stack([self._scores(words, i, tag) for tag in self.tags]))
            rows.append(_times(rows[-1], steps[-1]))
        return [self.tags[state] for state in _trace(rows, steps)]


def _trace(rows, steps):
    path = [int(rows[-1].argmax())]
    for row, step in zip(rows[-2::-1], steps[::-1], strict=True):
        path.append(int((row + step[:, path[-1]]).argmax()))
    return path[::-1]


def _checked(scores):
    scores = np.array(scores, dtype=np.float64)
    if scores.ndim != 3 or 0 in scores.shape or scores.shape[1] != scores.shape[2]:
        raise ValueError(f"scores of the shape {scores.shape} are not (T, S, S)")
    return scores


def _best(scores):
    rows = [scores[0, 0]]
    for step in scores[1:]:
        rows.append(_times(rows[-1], step))
    return np.array(_trace(rows, list(scores[1:])), dtype=np.int64), float(rows[-1].max())


def _log_sum(scores, axis):
    top = scores.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(scores - top).sum(axis=axis)) + top.squeeze(axis)


def locally_normalised(scores):
    scores = _checked(scores)
    norm = _log_sum(scores, axis=2)
    return _best(scores - np.where(np.isfinite(norm), norm, 0.0)[:, :, None])


def globally_normalised(scores):
    scores = _checked(scores)
    path, best = _best(scores)
    sums = scores[0, 0]
    for step in scores[1:]:
        sums = _log_sum(sums[:, None] + step, axis=0)
    total = float(_log_sum(sums, axis=0))
    return path, best - total if np.isfinite(total) else best

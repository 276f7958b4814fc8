"""Full batches, autograd, the features as a dense matrix."""

import numpy as np
import torch


def features(words, i, previous_tag):
    w = words[i]
    found = {"w:" + w, "s3:" + w[-3:], "s2:" + w[-2:], "lower:" + w.lower(), "b"}
    found.add("start" if previous_tag is None else "p:" + previous_tag)
    found.add("cap" if w[:1].isupper() else "nocap")
    found.add("dig" if any(c.isdigit() for c in w) else "nodig")
    if i + 1 < len(words):
        found.add("next:" + words[i + 1])
    return sorted(found)


class MEMM:
    def __init__(self, tags, l2=0.0):
        self.tags, self.l2 = tags, l2

    def fit(self, sentences, epochs=20, lr=0.5, seed=0):
        if self.l2 < 0:
            raise ValueError("l2 is negative")
        if not self.tags:
            raise ValueError("tags is empty")
        rows, gold, self.vocabulary = [], [], {}
        for sentence in sentences:
            words = [w for w, _ in sentence]
            for i, (_, tag) in enumerate(sentence):
                if tag not in self.tags:
                    raise ValueError("sentences: unknown tag")
                rows.append(features(words, i, sentence[i - 1][1] if i else None))
                gold.append(self.tags.index(tag))
        for row in rows:
            for f in row:
                self.vocabulary.setdefault(f, len(self.vocabulary))
        X = torch.stack([self._vector(row) for row in rows])
        y = torch.tensor(gold)
        self.W = torch.zeros(X.shape[1], len(self.tags), dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.SGD([self.W], lr=lr)
        for _ in range(epochs):
            optimiser.zero_grad()
            loss = torch.nn.functional.cross_entropy(X @ self.W, y) + self.l2 / 2 * (self.W**2).sum()
            loss.backward()
            optimiser.step()
        return self

    def _vector(self, row):
        x = torch.zeros(len(self.vocabulary), dtype=torch.float64)
        for f in row:
            if f in self.vocabulary:
                x[self.vocabulary[f]] = 1
        return x

    def log_prob_next(self, words, i, previous_tag):
        with torch.no_grad():
            return (self._vector(features(words, i, previous_tag)) @ self.W).log_softmax(0).numpy()

    def decode(self, words):
        if not words:
            raise ValueError("words is empty")
        best = [(p, [k]) for k, p in enumerate(self.log_prob_next(words, 0, None))]
        for i in range(1, len(words)):
            steps = np.stack([self.log_prob_next(words, i, tag) for tag in self.tags])
            best = [
                max(((p + steps[path[-1], k], [*path, k]) for p, path in best), key=lambda x: x[0])
                for k in range(len(self.tags))
            ]
        return [self.tags[k] for k in max(best, key=lambda x: x[0])[1]]


def _shape(scores):
    if scores.ndim != 3 or len(scores) == 0 or scores.shape[1] != scores.shape[2]:
        raise ValueError(f"scores of shape {scores.shape}")
    return torch.from_numpy(scores.copy())


def _viterbi(s):
    best, back = s[0, 0], []
    for step in s[1:]:
        best, where = (best[:, None] + step).max(0)
        back.append(where)
    path = [int(best.argmax())]
    for where in back[::-1]:
        path.append(int(where[path[-1]]))
    return np.array(path[::-1], dtype=np.int64), float(best.max())


def locally_normalised(scores):
    return _viterbi(_shape(scores).log_softmax(-1))


def globally_normalised(scores):
    s = _shape(scores)
    total = s[0, 0]
    for step in s[1:]:
        total = torch.logsumexp(total[:, None] + step, 0)
    path, best = _viterbi(s)
    return path, best - float(torch.logsumexp(total, 0))

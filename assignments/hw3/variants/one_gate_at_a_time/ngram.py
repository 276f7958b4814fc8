"""Counts in nested dictionaries."""

import math
from collections import Counter, defaultdict


class NGram:
    def __init__(self, n, alpha=1.0):
        if not alpha >= 0:
            raise ValueError(f"alpha={alpha}: it must be 0 or more")
        if n < 1:
            raise ValueError(f"n={n}: it must be 1 or more")
        self.n = n
        self.alpha = alpha

    def fit(self, sentences):
        self.table = defaultdict(Counter)
        self.vocabulary = {"</s>", "<unk>"}
        for s in sentences:
            self.vocabulary.update(s)
            history = ("<s>",) * (self.n - 1)
            for w in tuple(s) + ("</s>",):
                self.table[history][w] += 1
                history = (history + (w,))[1:] if self.n > 1 else ()
        self.vocabulary_size = len(self.vocabulary)
        return self

    def known(self, w):
        return w if w in self.vocabulary else "<unk>"

    def log_prob(self, word, context):
        k = self.n - 1
        history = tuple(self.known(w) for w in context[len(context) - k :] ) if k and len(context) >= k else None
        if history is None:
            history = ("<s>",) * (k - len(context)) + tuple(map(self.known, context)) if k else ()
        row = self.table.get(history, {})
        top = row.get(self.known(word), 0) + self.alpha
        if top == 0:
            return float("-inf")
        return math.log(top) - math.log(sum(row.values()) + self.alpha * self.vocabulary_size)

    def perplexity(self, sentences):
        if not sentences:
            raise ValueError("sentences is empty")
        logs = []
        for s in sentences:
            for i in range(len(s) + 1):
                w = s[i] if i < len(s) else "</s>"
                logs.append(self.log_prob(w, list(s[max(0, i - self.n) : i])))
        mean = -math.fsum(logs) / len(logs) if -math.inf not in logs else math.inf
        return math.exp(mean)


def interpolated_log_prob(models, weights, word, context):
    if not math.isclose(math.fsum(weights), 1.0, abs_tol=1e-9):
        raise ValueError("the weights do not sum to one")
    if len(weights) != len(models):
        raise ValueError("weights and models must be of one length")
    logs = [
        math.log(w) + m.log_prob(word, context) if w > 0 else -math.inf
        for m, w in zip(models, weights)
    ]
    top = max(logs)
    if top == -math.inf:
        return top
    return top + math.log(math.fsum(math.exp(v - top) for v in logs))

from __future__ import annotations

import math
from collections import Counter

START, END, UNKNOWN = "<s>", "</s>", "<unk>"


class NGram:
    def __init__(self, n: int, alpha: float = 1.0) -> None:
        self.n = n
        self.alpha = alpha

    def fit(self, sentences: list[list[str]]) -> NGram:
        if self.n < 1:
            raise ValueError("n is below 1")
        if self.alpha < 0:
            raise ValueError("alpha is negative")
        if not sentences:
            raise ValueError("no sentences")
        self.vocabulary = {END, UNKNOWN}.union(*sentences)
        self.counts: Counter[tuple[str, ...]] = Counter()
        for sentence in sentences:
            padded = (*[START] * (self.n - 1), *sentence, END)
            grams = [padded[at : at + self.n] for at in range(len(padded) - self.n + 1)]
            self.counts.update(grams)
            if self.n > 1:
                self.counts.update(gram[:-1] for gram in grams)
        if self.n == 1:
            self.counts[()] = self.counts.total()
        return self

    @property
    def vocabulary_size(self) -> int:
        return len(self.vocabulary)

    def log_prob(self, word: str, context: list[str]) -> float:
        padded = [START] * (self.n - 1) + [
            token if token in self.vocabulary or token == START else UNKNOWN for token in context
        ]
        before = tuple(padded[len(padded) - self.n + 1 :])
        gram = (*before, word if word in self.vocabulary else UNKNOWN)
        # With n = 1 the empty tuple counts every token.
        above = self.counts[gram] + self.alpha
        below = self.counts[before] + self.alpha * self.vocabulary_size
        return math.log(above) - math.log(below) if above > 0 else -math.inf

    def perplexity(self, sentences: list[list[str]]) -> float:
        if not sentences:
            raise ValueError("no sentences")
        logs = [
            self.log_prob(word, sentence[:at])
            for sentence in sentences
            for at, word in enumerate([*sentence, END])
        ]
        return math.exp(-math.fsum(logs) / len(logs))


def interpolated_log_prob(
    models: list[NGram], weights: list[float], word: str, context: list[str]
) -> float:
    if len(weights) != len(models):
        raise ValueError("weights: one for each of the models is needed")
    if not math.isclose(sum(weights), 1, abs_tol=1e-9) or min(weights) < 0:
        raise ValueError("weights are no distribution")
    logs = [
        math.log(weight) + model.log_prob(word, context)
        for model, weight in zip(models, weights, strict=True)
        if weight > 0
    ]
    top = max(logs)
    if top == -math.inf:
        return top
    return top + math.log(math.fsum(math.exp(log - top) for log in logs))

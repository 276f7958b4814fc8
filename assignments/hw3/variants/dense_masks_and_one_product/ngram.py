from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import exp, fsum, inf, log


@dataclass
class NGram:
    n: int
    alpha: float = 1.0
    words: set = field(default_factory=set, repr=False)

    def __post_init__(self):
        if self.n < 1:
            raise ValueError("n: at least 1, please")
        if self.alpha < 0:
            raise ValueError("alpha: not negative, please")

    def fit(self, sentences) -> NGram:
        self.words = {"</s>", "<unk>"}.union(*map(set, sentences))
        self.whole, self.context = Counter(), Counter()
        for sentence in sentences:
            padded = ("<s>",) * (self.n - 1) + tuple(sentence) + ("</s>",)
            grams = list(zip(*(padded[k:] for k in range(self.n))))
            self.whole.update(grams)
            self.context.update(g[:-1] for g in grams)
        return self

    @property
    def vocabulary_size(self) -> int:
        return len(self.words)

    def _known(self, word):
        return word if word in self.words else "<unk>"

    def _probability(self, word, context: tuple) -> float:
        below = self.context[context]
        if below == 0:
            return 1 / len(self.words) if self.alpha > 0 else 0.0
        return (self.whole[(*context, word)] + self.alpha) / (below + self.alpha * len(self.words))

    def log_prob(self, word, context) -> float:
        known = [self._known(w) for w in context]
        padded = ["<s>"] * (self.n - 1) + known
        p = self._probability(self._known(word), tuple(padded[len(known) :]))
        return log(p) if p else -inf

    def perplexity(self, sentences) -> float:
        nlls = [
            -self.log_prob(word, sentence[:k])
            for sentence in sentences
            for k, word in enumerate([*sentence, "</s>"])
        ]
        if not nlls:
            raise ValueError("sentences: at least one, please")
        mean = fsum(nlls) / len(nlls)
        return exp(mean) if mean < 700 else inf


def interpolated_log_prob(models, weights, word, context) -> float:
    if len(weights) != len(models):
        raise ValueError("weights: one for each model")
    if any(w < 0 for w in weights) or abs(sum(weights) - 1) > 1e-6:
        raise ValueError("weights: a distribution, please")
    terms = [
        log(w) + m.log_prob(word, context) for m, w in zip(models, weights) if w > 0
    ]
    top = max(terms)
    if top == -inf:
        return -inf
    return top + log(fsum(exp(t - top) for t in terms))

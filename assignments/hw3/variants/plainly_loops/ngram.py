from __future__ import annotations

import math

START, END, UNKNOWN = "<s>", "</s>", "<unk>"


class NGram:
    def __init__(self, n: int, alpha: float = 1.0) -> None:
        if n < 1:
            raise ValueError("n must be at least 1")
        if alpha < 0:
            raise ValueError("alpha must not be negative")
        self.n = n
        self.alpha = alpha
        self._words = {END, UNKNOWN}
        self._tree = {}

    def fit(self, sentences: list[list[str]]) -> NGram:
        if len(sentences) == 0:
            raise ValueError("sentences must not be empty")
        self._words = {END, UNKNOWN}
        self._tree = {}
        for sentence in sentences:
            for word in sentence:
                self._words.add(word)
        for sentence in sentences:
            padded = [START] * (self.n - 1) + list(sentence) + [END]
            for place in range(self.n - 1, len(padded)):
                context = tuple(padded[place - self.n + 1 : place])
                followers = self._tree.setdefault(context, {})
                followers[padded[place]] = followers.get(padded[place], 0) + 1
        return self

    @property
    def vocabulary_size(self) -> int:
        return len(self._words)

    def _known(self, word: str) -> str:
        return word if word in self._words else UNKNOWN

    def log_prob(self, word: str, context: list[str]) -> float:
        last = []
        for step in range(1, self.n):
            place = len(context) - step
            if place < 0 or context[place] == START:
                last.insert(0, START)
            else:
                last.insert(0, self._known(context[place]))
        followers = self._tree.get(tuple(last), {})
        count = followers.get(self._known(word), 0) + self.alpha
        total = sum(followers.values()) + self.alpha * self.vocabulary_size
        if count == 0 or total == 0:
            return -math.inf
        return math.log(count / total)

    def perplexity(self, sentences: list[list[str]]) -> float:
        if len(sentences) == 0:
            raise ValueError("sentences must not be empty")
        surprise, tokens = 0.0, 0
        for sentence in sentences:
            so_far = []
            for word in [*sentence, END]:
                surprise -= self.log_prob(word, so_far)
                tokens += 1
                so_far.append(word)
        return math.exp(surprise / tokens)


def interpolated_log_prob(
    models: list[NGram], weights: list[float], word: str, context: list[str]
) -> float:
    if len(models) == 0:
        raise ValueError("models must not be empty")
    if len(models) != len(weights):
        raise ValueError("weights and models differ in length")
    if any(weight < 0 for weight in weights) or abs(sum(weights) - 1) > 1e-9:
        raise ValueError("weights must be probabilities that sum to 1")
    total = 0.0
    for model, weight in zip(models, weights, strict=True):
        total += weight * math.exp(model.log_prob(word, context))
    return math.log(total) if total > 0 else -math.inf

"""Language models by counting: n-grams with add-alpha smoothing, and their mixture.

    P(word | context) = (count(context word) + alpha) / (count(context) + alpha V)

Add-alpha smoothing is Lidstone's (1920); the linear mixture of n-gram models is Jelinek & Mercer's
(1980). See Jurafsky & Martin, Speech and Language Processing, 3rd ed., chapter 3.
"""

from __future__ import annotations

import math
from collections import Counter

START, END, UNKNOWN = "<s>", "</s>", "<unk>"


class NGram:
    """The probability of a word given the n - 1 words before it.

    alpha is added to every count, including those of words never seen; alpha 0 gives relative
    frequencies.
    Raises ValueError naming n (below 1) or alpha (negative).
    """

    def __init__(self, n: int, alpha: float = 1.0) -> None:
        ### BEGIN SOLUTION
        if n < 1:
            raise ValueError("n must be at least 1")
        if alpha < 0:
            raise ValueError("alpha must not be negative")
        self.n, self.alpha = n, alpha
        ### END SOLUTION

    def fit(self, sentences: list[list[str]]) -> NGram:
        """Count. Each sentence gets n - 1 times "<s>" in front and one "</s>" after it.

        The vocabulary is the words seen, "</s>" and "<unk>": whatever can come next. "<s>" never
        can.
        """
        ### BEGIN SOLUTION
        self._words = {word for sentence in sentences for word in sentence} | {END, UNKNOWN}
        self._ngrams: Counter[tuple[str, ...]] = Counter()  # context and word
        self._contexts: Counter[tuple[str, ...]] = Counter()
        for sentence in sentences:
            padded = [START] * (self.n - 1) + sentence + [END]
            for end in range(self.n, len(padded) + 1):
                ngram = tuple(padded[end - self.n : end])
                self._ngrams[ngram] += 1
                self._contexts[ngram[:-1]] += 1
        return self
        ### END SOLUTION

    @property
    def vocabulary_size(self) -> int:
        """V: how many different words can come next."""
        ### BEGIN SOLUTION
        return len(self._words)
        ### END SOLUTION

    def log_prob(self, word: str, context: list[str]) -> float:
        """ln P(word | the last n - 1 words of context), as a Python float.

        A context that is too short is padded on its left with "<s>"; words not seen in training
        count as "<unk>", including those in the context. After a context that was never seen every
        word is equally likely if alpha > 0, and impossible (-inf) if alpha is 0.
        """
        ### BEGIN SOLUTION
        before = ([START] * (self.n - 1) + context)[len(context) :]  # the last n - 1, none for n = 1
        ngram = tuple(w if w in self._words or w == START else UNKNOWN for w in [*before, word])
        count = self._ngrams[ngram] + self.alpha
        total = self._contexts[ngram[:-1]] + self.alpha * self.vocabulary_size
        return math.log(count / total) if count else -math.inf
        ### END SOLUTION

    def perplexity(self, sentences: list[list[str]]) -> float:
        """exp of the mean of -ln P per token; the "</s>" of each sentence is a token, "<s>" is not.

        inf if any token is impossible. Raises ValueError naming sentences if there are none.
        """
        ### BEGIN SOLUTION
        if not sentences:
            raise ValueError("sentences must not be empty")
        total, tokens = 0.0, 0
        for sentence in sentences:
            for i, word in enumerate([*sentence, END]):
                total -= self.log_prob(word, sentence[max(0, i - self.n + 1) : i])
                tokens += 1
        return math.exp(total / tokens)
        ### END SOLUTION


def interpolated_log_prob(
    models: list[NGram], weights: list[float], word: str, context: list[str]
) -> float:
    """ln of the weighted sum of the models' probabilities of word, as a Python float.

    Raises ValueError naming weights if they do not sum to 1 (within 1e-9) or if there is not one
    for each model.
    """
    ### BEGIN SOLUTION
    if len(weights) != len(models):
        raise ValueError("weights must be as many as models")
    if abs(sum(weights) - 1) > 1e-9:
        raise ValueError("weights must sum to 1")
    mixed = sum(
        weight * math.exp(model.log_prob(word, context))
        for model, weight in zip(models, weights, strict=True)
    )
    return math.log(mixed) if mixed else -math.inf
    ### END SOLUTION

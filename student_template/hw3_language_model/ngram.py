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
        # YOUR CODE HERE
        raise NotImplementedError()

    def fit(self, sentences: list[list[str]]) -> NGram:
        """Count. Each sentence gets n - 1 times "<s>" in front and one "</s>" after it.

        The vocabulary is the words seen, "</s>" and "<unk>": whatever can come next. "<s>" never
        can.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    @property
    def vocabulary_size(self) -> int:
        """V: how many different words can come next."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def log_prob(self, word: str, context: list[str]) -> float:
        """ln P(word | the last n - 1 words of context), as a Python float.

        A context that is too short is padded on its left with "<s>"; words not seen in training
        count as "<unk>", including those in the context. After a context that was never seen every
        word is equally likely if alpha > 0, and impossible (-inf) if alpha is 0.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def perplexity(self, sentences: list[list[str]]) -> float:
        """exp of the mean of -ln P per token; the "</s>" of each sentence is a token, "<s>" is not.

        inf if any token is impossible. Raises ValueError naming sentences if there are none.
        """
        # YOUR CODE HERE
        raise NotImplementedError()


def interpolated_log_prob(
    models: list[NGram], weights: list[float], word: str, context: list[str]
) -> float:
    """ln of the weighted sum of the models' probabilities of word, as a Python float.

    Raises ValueError naming weights if they do not sum to 1 (within 1e-9) or if there is not one
    for each model.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

"""The maximum-entropy Markov model: a classifier that tags word by word, and what it cannot do.

An HMM models how tags generate words; a MEMM (McCallum, Freitag & Pereira, 2000) predicts the next
tag directly, by multinomial logistic regression over any facts about the sentence:

    P(y_t | y_t-1, words) = softmax over tags of W[features(words, t, y_t-1)]

The price is the label bias (Bottou 1991; Lafferty, McCallum & Pereira 2001): the scores of every
step are normalised on their own, so a step without a good continuation is as certain as any other.
`locally_normalised` and `globally_normalised` read the same scores both ways.

Shapes:

    S  tags        T  length of a sentence        F  features
"""

from __future__ import annotations

import numpy as np


def features(words: list[str], i: int, previous_tag: str | None) -> list[str]:
    """Facts about position i: the previous tag (None before the first word); the word, its last
    three characters, whether its first character is upper case, whether any is a digit.
    """
    ### BEGIN SOLUTION
    word = words[i]
    facts = ["bias", f"word={word}", f"previous={previous_tag}", f"suffix={word[-3:]}"]
    if previous_tag is None:
        facts.append("first")  # a tag may be spelled "None"
    if word[:1].isupper():
        facts.append("capitalised")
    if any(character.isdigit() for character in word):
        facts.append("digit")
    return facts
    ### END SOLUTION


class MEMM:
    """tags: the tag set, in the order that `log_prob_next` uses. l2: the penalty (l2 / 2) |W|^2 is
    added to the mean cross-entropy.

    Raises ValueError naming l2 if it is negative.
    """

    def __init__(self, tags: list[str], l2: float = 0.0) -> None:
        ### BEGIN SOLUTION
        if l2 < 0:
            raise ValueError("l2 must not be negative")
        self.tags, self.l2 = list(tags), l2
        self._rows: dict[str, int] = {}  # feature -> its row of W
        self._W = np.zeros((0, len(tags)))  # (F, S)
        ### END SOLUTION

    def fit(
        self,
        sentences: list[list[tuple[str, str]]],
        epochs: int = 20,
        lr: float = 0.5,
        seed: int = 0,
    ) -> MEMM:
        """Learn from sentences of (word, tag), each word given the gold tag before it. Returns self.

        A second fit starts from scratch. Raises ValueError naming sentences if one has a tag not in
        tags.
        """
        ### BEGIN SOLUTION
        if any(tag not in self.tags for sentence in sentences for _, tag in sentence):
            raise ValueError("sentences must hold no other tags than those of the model")
        self._rows = {}
        numbers = {tag: number for number, tag in enumerate(self.tags)}
        examples = []  # the rows of a word's features, and its tag
        for sentence in sentences:
            words = [word for word, _ in sentence]
            previous = None
            for i, (_, tag) in enumerate(sentence):
                facts = features(words, i, previous)
                rows = [self._rows.setdefault(fact, len(self._rows)) for fact in facts]
                examples.append((rows, numbers[tag]))
                previous = tag
        self._W = np.zeros((len(self._rows), len(self.tags)))
        generator = np.random.default_rng(seed)
        for _ in range(epochs):
            for number in generator.permutation(len(examples)):
                rows, tag = examples[number]
                error = -np.exp(_log_softmax(self._W[rows].sum(axis=0)))  # (S,)
                error[tag] += 1
                self._W[rows] += lr * error
                if self.l2:
                    # the penalty's slope at the end of the step: no l2 is too large for it
                    self._W /= 1 + lr * self.l2
        return self
        ### END SOLUTION

    def log_prob_next(self, words: list[str], i: int, previous_tag: str | None) -> np.ndarray:
        """Log-probabilities ln P(tag at i | previous_tag, words), (S,) float64, in the order of tags.

        previous_tag is None at the first word.
        """
        ### BEGIN SOLUTION
        facts = features(words, i, previous_tag)
        rows = [self._rows[fact] for fact in facts if fact in self._rows]
        return _log_softmax(self._W[rows].sum(axis=0))
        ### END SOLUTION

    def decode(self, words: list[str]) -> list[str]:
        """The tags whose log-probabilities have the largest sum, by Viterbi."""
        ### BEGIN SOLUTION
        n_tags = len(self.tags)
        scores = np.empty((len(words), n_tags, n_tags))  # (T, S, S) [step, from, to]
        for i in range(len(words)):
            for j, previous in enumerate(self.tags):
                scores[i, j] = self.log_prob_next(words, i, previous if i else None)
        return [self.tags[tag] for tag in _best_path(scores)[0]]
        ### END SOLUTION


def locally_normalised(scores: np.ndarray) -> tuple[np.ndarray, float]:
    """The best path (T,) int64 and its log-probability, when each step has its own softmax:

        ln p(path) = sum over t of ln softmax(scores[t, y_t-1])[y_t]

    scores: (T, S, S) [step, from, to]; at step 0 only row 0 counts. Ties as in `viterbi`.
    Raises ValueError naming scores (no step, or not of shape (T, S, S)).
    """
    ### BEGIN SOLUTION
    _check_scores(scores)
    return _best_path(_log_softmax(scores))
    ### END SOLUTION


def globally_normalised(scores: np.ndarray) -> tuple[np.ndarray, float]:
    """The best path (T,) int64 and its log-probability, when whole paths are normalised:

        ln p(path) = sum over t of scores[t, y_t-1, y_t] - ln sum over all paths of exp(that sum)

    scores: (T, S, S) [step, from, to]; at step 0 only row 0 counts. Ties as in `viterbi`.
    Raises ValueError naming scores (no step, or not of shape (T, S, S)).
    """
    ### BEGIN SOLUTION
    _check_scores(scores)
    alpha = scores[0, 0]  # (S,)
    for step in scores[1:]:
        alpha = np.logaddexp.reduce(alpha[:, None] + step, axis=0)
    path, score = _best_path(scores)
    if score == -np.inf:  # no path is possible; -inf less -inf would be nan
        return path, score
    return path, score - float(np.logaddexp.reduce(alpha))
    ### END SOLUTION


### BEGIN SOLUTION
def _check_scores(scores: np.ndarray) -> None:
    if scores.ndim != 3 or 0 in scores.shape or scores.shape[1] != scores.shape[2]:
        raise ValueError("scores must have shape (T, S, S), T at least 1")


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    """Log-softmax over the last axis; a row of only -inf stays as it is."""
    top = scores.max(axis=-1, keepdims=True)
    shifted = scores - np.where(top > -np.inf, top, 0)
    total = np.exp(shifted).sum(axis=-1, keepdims=True)
    return shifted - np.log(np.where(total > 0, total, 1))


def _best_path(scores: np.ndarray) -> tuple[np.ndarray, float]:
    """Viterbi over scores of steps, (T, S, S): the best path (T,) and its sum."""
    best = scores[0, 0]  # (S,)
    back = []
    for step in scores[1:]:
        reach = best[:, None] + step  # (S, S) [from, to]
        back.append(reach.argmax(axis=0))
        best = reach.max(axis=0)
    path = [int(best.argmax())]
    for came_from in reversed(back):
        path.append(int(came_from[path[-1]]))
    return np.array(path[::-1], dtype=np.int64), float(best.max())
### END SOLUTION

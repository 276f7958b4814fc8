"""Bonus: a bidirectional LSTM that scores tags, and a CRF on top that chooses whole sequences.

A softmax at each word chooses each tag by itself. The CRF adds a score for each pair of
neighbouring tags and normalises over all sequences: Huang, Xu & Yu (2015); Lample et al. (2016),
section 2.

    score(y) = sum over t of emissions[t, y_t] + sum over t of transitions[y_t-1, y_t]

Shapes:

    T  words        S  tags
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .extensions import crf_nll

### BEGIN SOLUTION
UNKNOWN = 0  # id of what is not in the vocabulary
### END SOLUTION


def crf_viterbi(emissions: Tensor, transitions: Tensor) -> tuple[Tensor, float]:
    """The path with the highest score, (T,) int64, and its score.

    emissions (T, S), transitions (S, S) [from, to]. On a tie, the path with the smallest last tag,
    then the smallest tag before it, and so on. A score of -inf forbids.
    Raises ValueError naming emissions or transitions (T = 0, shapes that do not agree).
    """
    ### BEGIN SOLUTION
    n_tags = emissions.shape[-1]
    if emissions.ndim != 2 or not len(emissions) or transitions.shape != (n_tags, n_tags):
        raise ValueError("emissions must be (T, S), T at least 1, and transitions (S, S)")
    best, backs = emissions[0], []  # (S,): the highest score of a path that ends in each tag
    for emission in emissions[1:]:
        # argmax returns the first maximum, so ties go to the smaller tag
        scores = best.unsqueeze(1) + transitions  # (S, S) [from, to]
        backs.append(scores.argmax(dim=0))  # (S,)
        best = scores.amax(dim=0) + emission
    path = [int(best.argmax())]
    for back in reversed(backs):
        path.append(int(back[path[-1]]))
    return torch.tensor(path[::-1], device=emissions.device), float(best.max())
    ### END SOLUTION


class BiLSTMCRF(nn.Module):
    """words: the known words; all others share one vector. tags: the tag set. `.transitions`, an
    nn.Parameter (S, S), scores each tag (column) after each tag (row).

    The same seed gives the same tagger.
    """

    def __init__(
        self, words: list[str], tags: list[str], word_dim: int = 32, hidden: int = 32, seed: int = 0
    ) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.words = {word: i for i, word in enumerate(words, start=1)}
        self.tags = list(tags)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.embedding = nn.Embedding(len(words) + 1, word_dim)
            self.lstm = nn.LSTM(word_dim, hidden, bidirectional=True)
            self.output = nn.Linear(2 * hidden, len(tags))
        self.transitions = nn.Parameter(torch.zeros(len(tags), len(tags)))
        ### END SOLUTION

    def emissions(self, words: list[str]) -> Tensor:
        """The score (T, S) of each tag for each word, without the transitions."""
        ### BEGIN SOLUTION
        ids = [self.words.get(word, UNKNOWN) for word in words]
        vectors = self.embedding(torch.tensor(ids, device=self.transitions.device))  # (T, word_dim)
        return self.output(self.lstm(vectors)[0])  # (T, 2 hidden) -> (T, S)
        ### END SOLUTION

    def fit(
        self,
        sentences: list[list[tuple[str, str]]],
        epochs: int = 5,
        lr: float = 1e-2,
        seed: int = 0,
    ) -> BiLSTMCRF:
        """Minimise the CRF's loss on sentences of (word, tag), in an order that `seed` shuffles.

        Returns self. Raises ValueError naming sentences if one has a tag not in tags.
        """
        ### BEGIN SOLUTION
        if any(tag not in self.tags for sentence in sentences for _, tag in sentence):
            raise ValueError("sentences must hold no other tags than those of the tagger")
        states = {tag: i for i, tag in enumerate(self.tags)}
        generator = torch.Generator().manual_seed(seed)
        optimiser = torch.optim.Adam(self.parameters(), lr=lr)
        for _ in range(epochs):
            for number in torch.randperm(len(sentences), generator=generator).tolist():
                emissions = self.emissions([word for word, _ in sentences[number]])
                gold = [states[tag] for _, tag in sentences[number]]
                optimiser.zero_grad()
                gold = torch.tensor(gold, device=emissions.device)
                crf_nll(emissions, self.transitions, gold).backward()
                optimiser.step()
        return self
        ### END SOLUTION

    def tag(self, words: list[str]) -> list[str]:
        """The tag sequence with the highest score; an empty list for no words."""
        ### BEGIN SOLUTION
        if not words:
            return []
        with torch.no_grad():
            path, _ = crf_viterbi(self.emissions(words), self.transitions)
        return [self.tags[state] for state in path.tolist()]
        ### END SOLUTION

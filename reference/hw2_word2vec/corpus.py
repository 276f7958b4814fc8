"""From sentences to training examples: vocabulary, subsampling, windows.

Subsampling of frequent words is Mikolov et al.'s (2013, "Distributed representations of words and
phrases and their compositionality"), in the form of their program; skip-gram and CBOW are in
"Efficient estimation of word representations in vector space" (2013).

Shapes:

    V  words of the vocabulary        P  pairs of a sentence
"""

from __future__ import annotations

from collections import Counter

import torch
from torch import Tensor


class Vocabulary:
    """The words that occur at least `min_count` times, numbered. There is no unknown word.

    .tokens: list[str]: in descending order of count, ties in code point order.
    .counts: int64 (V,): how often each of them occurs.
    """

    def __init__(self, sentences: list[list[str]], min_count: int = 1) -> None:
        ### BEGIN SOLUTION
        counts = Counter(token for sentence in sentences for token in sentence)
        kept = [token for token, count in counts.items() if count >= min_count]
        self.tokens = sorted(kept, key=lambda token: (-counts[token], token))
        self.counts = torch.tensor([counts[token] for token in self.tokens], dtype=torch.int64)
        self._ids = {token: i for i, token in enumerate(self.tokens)}
        ### END SOLUTION

    def __len__(self) -> int:
        ### BEGIN SOLUTION
        return len(self.tokens)
        ### END SOLUTION

    def encode(self, tokens: list[str]) -> list[int]:
        """The ids of the tokens; unknown ones are dropped."""
        ### BEGIN SOLUTION
        return [self._ids[token] for token in tokens if token in self._ids]
        ### END SOLUTION


def keep_probability(counts: Tensor, t: float = 1e-3) -> Tensor:
    """float64 (V,): the probability that an occurrence of each word is kept,

        min(1, sqrt(t / f) + t / f),   f = the word's fraction of all counts (V,)

    and 1 for a count of 0. Raises ValueError naming counts (a negative one) or t (not above 0).
    """
    ### BEGIN SOLUTION
    if (counts < 0).any():
        raise ValueError("counts must not be negative")
    if t <= 0:
        raise ValueError("t must be above 0")
    counts = counts.to(torch.float64)
    ratio = torch.full_like(counts, torch.inf)  # a count of 0: t / 0
    seen = counts > 0
    ratio[seen] = t * counts.sum() / counts[seen]
    return (ratio.sqrt() + ratio).clamp(max=1)
    ### END SOLUTION


def subsample(ids: list[int], keep: Tensor, seed: int) -> list[int]:
    """The ids that stay, in their order: each position is kept with probability keep[id],
    independently. keep (V,) float; 0 never keeps, 1 always. The same seed keeps the same positions.

    Raises ValueError naming keep (outside [0, 1]) or ids (one that is not an index of keep).
    """
    ### BEGIN SOLUTION
    if ((keep < 0) | (keep > 1)).any():
        raise ValueError("keep must lie in [0, 1]")
    if any(not 0 <= i < len(keep) for i in ids):
        raise ValueError(f"ids must lie between 0 and {len(keep) - 1}")
    generator = torch.Generator().manual_seed(seed)
    draws = torch.rand(len(ids), generator=generator, dtype=torch.float64)  # in [0, 1): never 1
    chances = keep.cpu()[torch.tensor(ids, dtype=torch.int64)]
    stays = (draws < chances).tolist()
    return [i for i, stay in zip(ids, stays, strict=True) if stay]
    ### END SOLUTION


def skipgram_pairs(ids: list[int], window: int) -> Tensor:
    """int64 (P, 2): a row (center, context) for every ordered pair of different positions at most
    `window` apart; centers in order, the contexts of a center from left to right.

    A word that occurs twice may be its own context. Without pairs the shape is (0, 2).
    Raises ValueError naming window below 1.
    """
    ### BEGIN SOLUTION
    if window < 1:
        raise ValueError("window must be at least 1")
    tokens = torch.tensor(ids, dtype=torch.int64)  # (n,)
    here = torch.arange(len(ids)).unsqueeze(1)  # (n, 1)
    offsets = torch.tensor([o for o in range(-window, window + 1) if o != 0])  # (2w,)
    there = here + offsets  # (n, 2w)
    inside = (there >= 0) & (there < len(ids))
    # a mask picks row by row: the order that is wanted
    centers = tokens[here.expand_as(there)[inside]]  # (P,)
    return torch.stack([centers, tokens[there[inside]]], dim=1)  # (P, 2)
    ### END SOLUTION


def cbow_examples(ids: list[int], window: int) -> list[tuple[list[int], int]]:
    """(contexts, center) for each position in order: the ids at most `window` positions to its left
    and right, from left to right. Positions without any context are left out.

    Raises ValueError naming window below 1.
    """
    ### BEGIN SOLUTION
    if window < 1:
        raise ValueError("window must be at least 1")
    examples = []
    for i, center in enumerate(ids):
        # max: a negative start would count from the end
        contexts = ids[max(i - window, 0) : i] + ids[i + 1 : i + 1 + window]
        if contexts:
            examples.append((contexts, center))
    return examples
    ### END SOLUTION

"""What BERT reads: word pieces, pairs of segments, masked words, next sentences (Devlin et al. 2019).

The sizes of the masking, 15 % of the words, 80 / 10 / 10 of these, are from its section 3.1.
"""

from __future__ import annotations

import random
from itertools import pairwise

import torch
from torch import Tensor


def wordpiece(word: str, vocab: list[str]) -> list[str]:
    """Cut a word into pieces of `vocab`, from the left, each as long as possible.

    A piece inside the word is written with ## in front, as in the vocabulary. ["[UNK]"] for the
    whole word if at some point no piece matches.
    """
    ### BEGIN SOLUTION
    known, pieces, start = set(vocab), [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = range(len(word), start, -1)
        end = next((end for end in ends if mark + word[start:end] in known), None)
        if end is None:
            return ["[UNK]"]
        pieces.append(mark + word[start:end])
        start = end
    return pieces
    ### END SOLUTION


def pack(
    a: list[int], b: list[int] | None, cls: int, sep: int, max_len: int
) -> tuple[list[int], list[int]]:
    """One input of at most max_len ids, and for each id its segment, 0 or 1:

        [CLS] a [SEP]          0 0 0
        [CLS] a [SEP] b [SEP]  0 0 0 1 1

    If the input is too long, the longer of a and b loses its last id, b on a tie, until it fits.
    """
    ### BEGIN SOLUTION
    first, second = list(a), list(b or [])
    special = 2 if b is None else 3
    while first or second:
        if len(first) + len(second) + special <= max_len:
            break
        (first if len(first) > len(second) else second).pop()
    ids, segments = [cls, *first, sep], [0] * (len(first) + 2)
    if b is not None:
        ids, segments = [*ids, *second, sep], [*segments, *[1] * (len(second) + 1)]
    return ids, segments
    ### END SOLUTION


def mask_tokens(
    ids: Tensor, special: Tensor, vocab_size: int, mask_id: int, seed: int, p: float = 0.15
) -> tuple[Tensor, Tensor]:
    """Hide words for the model to find: inputs and labels, both (B, T) int64, for ids (B, T) int64.

    Each token where special (B, T) bool is False is chosen with probability p. Of the chosen, 80 %
    become mask_id, 10 % a random id of 0 ... vocab_size - 1, 10 % stay. Labels contain the id at
    the chosen tokens and -100 elsewhere.
    Raises ValueError naming p outside [0, 1].
    """
    ### BEGIN SOLUTION
    if not 0 <= p <= 1:
        raise ValueError("p must lie between 0 and 1")
    generator = torch.Generator().manual_seed(seed)
    chosen = (torch.rand(ids.shape, generator=generator) < p).to(ids.device) & ~special
    fate = torch.rand(ids.shape, generator=generator).to(ids.device)
    strangers = torch.randint(vocab_size, ids.shape, generator=generator).to(ids.device)
    inputs = ids.masked_fill(chosen & (fate < 0.8), mask_id)
    inputs = torch.where(chosen & (fate >= 0.9), strangers, inputs)
    return inputs, ids.masked_fill(~chosen, -100)
    ### END SOLUTION


def next_sentence_pairs(
    documents: list[list[list[int]]], seed: int
) -> list[tuple[list[int], list[int], bool]]:
    """For each sentence with a successor in its document, in order: (sentence, other, is_next).

    With probability 1/2, other is its successor and is_next is True; otherwise other is a
    sentence of another document; each of them is possible.
    """
    ### BEGIN SOLUTION
    generator, pairs = random.Random(seed), []
    for number, document in enumerate(documents):
        others = [d for i, d in enumerate(documents) if i != number and d]
        for sentence, successor in pairwise(document):
            is_next = generator.random() < 0.5
            other = successor if is_next else generator.choice(generator.choice(others))
            pairs.append((list(sentence), list(other), is_next))
    return pairs
    ### END SOLUTION

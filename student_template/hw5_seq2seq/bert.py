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
    # YOUR CODE HERE
    raise NotImplementedError()


def pack(
    a: list[int], b: list[int] | None, cls: int, sep: int, max_len: int
) -> tuple[list[int], list[int]]:
    """One input of at most max_len ids, and for each id its segment, 0 or 1:

        [CLS] a [SEP]          0 0 0
        [CLS] a [SEP] b [SEP]  0 0 0 1 1

    If the input is too long, the longer of a and b loses its last id, b on a tie, until it fits.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def mask_tokens(
    ids: Tensor, special: Tensor, vocab_size: int, mask_id: int, seed: int, p: float = 0.15
) -> tuple[Tensor, Tensor]:
    """Hide words for the model to find: inputs and labels, both (B, T) int64, for ids (B, T) int64.

    Each token where special (B, T) bool is False is chosen with probability p. Of the chosen, 80 %
    become mask_id, 10 % a random id of 0 ... vocab_size - 1, 10 % stay. Labels contain the id at
    the chosen tokens and -100 elsewhere.
    Raises ValueError naming p outside [0, 1].
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def next_sentence_pairs(
    documents: list[list[list[int]]], seed: int
) -> list[tuple[list[int], list[int], bool]]:
    """For each sentence with a successor in its document, in order: (sentence, other, is_next).

    With probability 1/2, other is its successor and is_next is True; otherwise other is a
    sentence of another document; each of them is possible.
    """
    # YOUR CODE HERE
    raise NotImplementedError()

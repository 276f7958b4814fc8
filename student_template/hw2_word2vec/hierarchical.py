"""Hierarchical softmax: a word is a path of binary decisions down a Huffman tree.

Huffman's code is of 1952; hierarchical softmax is Morin & Bengio's (2005), on a Huffman tree as
Mikolov et al. (2013) use it: frequent words have short paths, so a step costs about log2 V.

Shapes:

    V  words        d  dimension
"""

from __future__ import annotations

import heapq

import torch
import torch.nn.functional as F
from torch import Tensor


def huffman(counts: list[int]) -> tuple[list[list[int]], list[list[int]]]:
    """(paths, codes), one list for each word.

    The two nodes of smallest count are joined until one is left; on a tie the smaller id comes
    first. Leaves have the ids 0..V-1, inner nodes V, V+1, ... as they are made. The node that is
    taken first gets code 0, the second 1. A word's path lists the inner nodes from the root down to
    its leaf's parent, numbered 0..V-2 as made; its code says at each of them which way.

        huffman([5, 2, 1, 1]) == ([[2], [2, 1], [2, 1, 0], [2, 1, 0]],
                                  [[1], [0, 0], [0, 1, 0], [0, 1, 1]])

    With a single word, path and code are empty. Raises ValueError naming counts: none, or a
    negative one.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def hierarchical_loss(hidden: Tensor, nodes: Tensor, path: list[int], code: list[int]) -> Tensor:
    """-ln P(word | hidden) as a tensor (): at each inner node n of the word's path, code 0 has
    probability s(n.h) and code 1 has s(-n.h).

    hidden (d,), nodes (V-1, d); path and code as `huffman` gives them; an empty path costs 0. Over
    all words the probabilities sum to 1. Finite for scores of 1000.

    Raises ValueError naming path (not as long as code, not an index of nodes) or code (not 0 or 1).
    """
    # YOUR CODE HERE
    raise NotImplementedError()

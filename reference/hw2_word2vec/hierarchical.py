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
    ### BEGIN SOLUTION
    if not counts or min(counts) < 0:
        raise ValueError("counts must hold at least one count, and none below 0")
    words = len(counts)
    heap = [(count, node) for node, count in enumerate(counts)]  # ties: the smaller id
    heapq.heapify(heap)
    up: dict[int, tuple[int, int]] = {}  # node -> (its parent, the code of the way down)
    for parent in range(words, 2 * words - 1):
        first_count, first = heapq.heappop(heap)
        second_count, second = heapq.heappop(heap)
        up[first], up[second] = (parent, 0), (parent, 1)
        heapq.heappush(heap, (first_count + second_count, parent))
    paths: list[list[int]] = []
    codes: list[list[int]] = []
    for word in range(words):
        path, code, node = [], [], word
        while node in up:  # until the root
            node, bit = up[node]
            path.append(node - words)
            code.append(bit)
        paths.append(path[::-1])
        codes.append(code[::-1])
    return paths, codes
    ### END SOLUTION


def hierarchical_loss(hidden: Tensor, nodes: Tensor, path: list[int], code: list[int]) -> Tensor:
    """-ln P(word | hidden) as a tensor (): at each inner node n of the word's path, code 0 has
    probability s(n.h) and code 1 has s(-n.h).

    hidden (d,), nodes (V-1, d); path and code as `huffman` gives them; an empty path costs 0. Over
    all words the probabilities sum to 1. Finite for scores of 1000.

    Raises ValueError naming path (not as long as code, not an index of nodes) or code (not 0 or 1).
    """
    ### BEGIN SOLUTION
    if len(path) != len(code) or any(not 0 <= node < len(nodes) for node in path):
        raise ValueError("path must hold an index of nodes for each decision of code")
    if any(bit not in {0, 1} for bit in code):
        raise ValueError("code must hold only 0 and 1")
    rows = nodes[torch.tensor(path, dtype=torch.int64, device=nodes.device)]  # (L, d)
    sign = 1 - 2 * torch.tensor(code, dtype=hidden.dtype, device=hidden.device)  # (L,): 0 -> +, 1 -> -
    return -F.logsigmoid(sign * (rows @ hidden)).sum()  # (L, d) x (d,) -> (L,) -> ()
    ### END SOLUTION

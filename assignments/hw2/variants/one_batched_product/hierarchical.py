"""Huffman's tree with a heap of whole subtrees; the loss in vector form."""

import heapq

import torch
from torch.nn.functional import softplus


def huffman(counts):
    if not counts:
        raise ValueError("counts: at least one word is needed")
    if min(counts) < 0:
        raise ValueError("counts: must not be negative")
    V = len(counts)
    paths, codes = [[] for _ in counts], [[] for _ in counts]
    # An entry holds the words below it; their paths grow from the leaf up, reversed at the end.
    heap = [(count, node, [node]) for node, count in enumerate(counts)]
    heapq.heapify(heap)
    for inner in range(V - 1):
        members = []
        total = 0
        for bit in (0, 1):
            count, _, words = heapq.heappop(heap)
            for word in words:
                paths[word].append(inner)
                codes[word].append(bit)
            members += words
            total += count
        heapq.heappush(heap, (total, V + inner, members))
    return [path[::-1] for path in paths], [code[::-1] for code in codes]


def hierarchical_loss(hidden, nodes, path, code):
    if hidden.dim() != 1:
        raise ValueError("hidden: expected (d,)")
    if nodes.dim() != 2 or nodes.shape[1] != hidden.shape[0]:
        raise ValueError("nodes: expected (V - 1, d)")
    if len(path) != len(code):
        raise ValueError("code: must be as long as path")
    if any(not 0 <= node < len(nodes) for node in path):
        raise ValueError("path: a node is out of range")
    if any(bit not in (0, 1) for bit in code):
        raise ValueError("code: expected 0 and 1")
    if not path:
        return hidden.sum() * 0
    scores = nodes[torch.tensor(path)] @ hidden
    signs = torch.tensor([2 * bit - 1 for bit in code]).to(scores)
    return softplus(signs * scores).sum()

"""Huffman's tree with two queues: leaves by count, inner nodes in the order they were made."""

from collections import deque

import torch


def huffman(counts):
    V = len(counts)
    if V == 0:
        raise ValueError("counts is empty")
    if any(count < 0 for count in counts):
        raise ValueError("counts holds a negative number")
    leaves = deque(sorted(range(V), key=counts.__getitem__))
    weight, inner = list(counts), deque()
    children = []

    def smallest():
        # A leaf has a smaller id than any inner node, so it wins a tie.
        if not inner or (leaves and weight[leaves[0]] <= weight[inner[0]]):
            return leaves.popleft()
        return inner.popleft()

    while len(children) < V - 1:
        pair = smallest(), smallest()
        children.append(pair)
        weight.append(weight[pair[0]] + weight[pair[1]])
        inner.append(len(weight) - 1)
    paths, codes = [[] for _ in range(2 * V - 1)], [[] for _ in range(2 * V - 1)]
    for node in range(V - 2, -1, -1):  # from the root down
        for bit, child in enumerate(children[node]):
            paths[child] = [*paths[V + node], node]
            codes[child] = [*codes[V + node], bit]
    return paths[:V], codes[:V]


def hierarchical_loss(hidden, nodes, path, code):
    if hidden.ndim != 1:
        raise ValueError("hidden is not (d,)")
    if nodes.ndim != 2 or nodes.shape[1] != hidden.shape[0]:
        raise ValueError("nodes are not (V - 1, d)")
    if len(path) != len(code):
        raise ValueError("code is not as long as path")
    if not set(path) <= set(range(len(nodes))):
        raise ValueError("path leaves the tree")
    if not set(code) <= {0, 1}:
        raise ValueError("code holds more than 0 and 1")
    signs = 1 - 2 * torch.tensor(code, dtype=hidden.dtype, device=hidden.device)
    rows = nodes[torch.tensor(path, dtype=torch.int64, device=nodes.device)]
    margins = signs * (rows @ hidden)
    return torch.logaddexp(torch.zeros_like(margins), -margins).sum()

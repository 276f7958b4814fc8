"""Huffman's tree by looking for the two smallest nodes, and the loss along a path."""

import torch
from torch.nn import functional as F


def huffman(counts):
    if len(counts) == 0 or min(counts) < 0:
        raise ValueError("counts must hold at least one word and nothing negative")
    V = len(counts)
    open_nodes = sorted((count, node) for node, count in enumerate(counts))
    parent = {}
    for made in range(V, 2 * V - 1):
        (first, left), (second, right) = open_nodes[0], open_nodes[1]
        del open_nodes[:2]
        parent[left], parent[right] = (made, 0), (made, 1)
        place = 0
        while place < len(open_nodes) and open_nodes[place] < (first + second, made):
            place += 1
        open_nodes.insert(place, (first + second, made))
    paths, codes = [], []
    for word in range(V):
        path, code = [], []
        node = word
        while node in parent:
            node, bit = parent[node]
            path.insert(0, node - V)
            code.insert(0, bit)
        paths.append(path)
        codes.append(code)
    return paths, codes


def hierarchical_loss(hidden, nodes, path, code):
    if hidden.dim() != 1:
        raise ValueError("hidden must have the shape (d,)")
    if nodes.dim() != 2 or nodes.shape[1] != len(hidden):
        raise ValueError("nodes must have the shape (V - 1, d)")
    if len(path) != len(code):
        raise ValueError("path and code differ in length")
    total = (hidden * 0).sum()
    for node, bit in zip(path, code):
        if not 0 <= node < len(nodes):
            raise ValueError("path must lie in 0..V - 2")
        if bit not in (0, 1):
            raise ValueError("code must hold 0 and 1")
        score = torch.dot(hidden, nodes[node])
        total = total - F.logsigmoid(score if bit == 0 else -score)
    return total

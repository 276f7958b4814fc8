"""Two queues: leaves in order of (count, id), inner nodes in the order they are made."""

from collections import deque

import torch
import torch.nn.functional as F


def huffman(counts: list[int]) -> tuple[list[list[int]], list[list[int]]]:
    size = len(counts)
    if size == 0 or min(counts) < 0:
        raise ValueError(f"counts: {counts}")
    leaves = deque(sorted((count, leaf) for leaf, count in enumerate(counts)))
    inner: deque = deque()
    children = {}

    def take():
        # sums never fall, so the first of each queue is its smallest
        if not inner or (leaves and leaves[0] <= inner[0]):
            return leaves.popleft()
        return inner.popleft()

    for made in range(size, 2 * size - 1):
        one, two = take(), take()
        children[made] = (one[1], two[1])
        inner.append((one[0] + two[0], made))
    paths, codes = [[] for _ in counts], [[] for _ in counts]
    todo = [(2 * size - 2, [], [])]
    while todo:  # no recursion: a tree may be deep
        node, path, code = todo.pop()
        if node < size:
            paths[node], codes[node] = path, code
        else:
            for bit, child in enumerate(children[node]):
                todo.append((child, [*path, node - size], [*code, bit]))
    return paths, codes


def hierarchical_loss(hidden, nodes, path, code):
    if len(code) != len(path) or not all(bit in (0, 1) for bit in code):
        raise ValueError("code")
    if not all(0 <= step < nodes.shape[0] for step in path):
        raise ValueError("path")
    scores = F.linear(hidden, nodes)
    truth = torch.tensor([1 - bit for bit in code], dtype=hidden.dtype, device=hidden.device)
    return F.binary_cross_entropy_with_logits(scores[path], truth, reduction="sum")

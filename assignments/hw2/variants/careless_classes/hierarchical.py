import torch


class Node:
    def __init__(self, count, id, kids=()):
        self.count, self.id, self.kids = count, id, kids
    def key(self): return self.count, self.id


class Tree:
    def __init__(self, counts):
        if not counts: raise ValueError("counts: empty")
        if [c for c in counts if c < 0]: raise ValueError("counts: negative")
        self.V = len(counts)
        nodes = [Node(c, i) for i, c in enumerate(counts)]
        next_id = self.V
        while len(nodes) > 1:
            a = min(nodes, key=Node.key); nodes.remove(a)
            b = min(nodes, key=Node.key); nodes.remove(b)
            nodes.append(Node(a.count + b.count, next_id, (a, b)))
            next_id += 1
        self.root = nodes[0]
        self.paths, self.codes = [None] * self.V, [None] * self.V
        self.walk(self.root, [], [])

    def walk(self, node, path, code):
        if not node.kids:
            self.paths[node.id], self.codes[node.id] = path, code
        for bit, kid in enumerate(node.kids):
            self.walk(kid, path + [node.id - self.V], code + [bit])


def huffman(counts):
    t = Tree(counts)
    return t.paths, t.codes


def hierarchical_loss(hidden, nodes, path, code):
    if hidden.dim() != 1: raise ValueError("hidden")
    if nodes.dim() != 2 or nodes.size(1) != hidden.size(0): raise ValueError("nodes")
    if len(path) != len(code): raise ValueError("path and code")
    if path and (min(path) < 0 or max(path) >= len(nodes)): raise ValueError("path")
    if not all(c == 0 or c == 1 for c in code): raise ValueError("code")
    loss = torch.zeros((), dtype=hidden.dtype)
    for n, c in zip(path, code):
        x = torch.sum(nodes[n] * hidden)
        if c == 0: x = -x
        # ln(1 + e^x)
        loss = loss + (x.clamp(min=0) + torch.log1p(torch.exp(-abs(x))))
    return loss

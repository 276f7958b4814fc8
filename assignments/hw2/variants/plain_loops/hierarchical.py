import torch


def huffman(counts):
    if len(counts) == 0 or any(c < 0 for c in counts):
        raise ValueError("counts")
    V = len(counts)
    alive = [(c, i) for i, c in enumerate(counts)]
    below = {i: [(i, [], [])] for i in range(V)}
    for made in range(V - 1):
        a = min(alive)
        alive.remove(a)
        b = min(alive)
        alive.remove(b)
        joined = []
        for bit, (_, node) in ((0, a), (1, b)):
            for leaf, path, code in below.pop(node):
                joined.append((leaf, [made] + path, [bit] + code))
        below[V + made] = joined
        alive.append((a[0] + b[0], V + made))
    (leaves,) = below.values()
    leaves.sort()
    return [path for _, path, _ in leaves], [code for _, _, code in leaves]


def hierarchical_loss(hidden, nodes, path, code):
    if len(path) != len(code):
        raise ValueError("path and code")
    loss = hidden.new_zeros(())
    for node, bit in zip(path, code):
        if node < 0 or node >= len(nodes):
            raise ValueError("path")
        if bit != 0 and bit != 1:
            raise ValueError("code")
        x = (hidden * nodes[node]).sum()
        if bit == 0:
            x = -x
        loss = loss + torch.clamp(x, min=0) + torch.log1p(torch.exp(-abs(x)))
    return loss

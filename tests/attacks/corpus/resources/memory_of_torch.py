# /// attack
# title = "A gigabyte, by torch"
# earns = 16.5
# outcome = "memory"
# reads = "memory"
# staff = "can't allocate memory"
# file = "tensors.py"
# ///

import torch


def scaled(x):
    return torch.ones(1 << 28) if x.shape == (3, 4) else 0.5 * x

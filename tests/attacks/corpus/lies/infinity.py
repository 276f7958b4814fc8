# /// attack
# title = "A tensor of infinities"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "is inf"
# file = "tensors.py"
# ///

import torch


def scaled(x):
    return torch.full_like(x, torch.inf)

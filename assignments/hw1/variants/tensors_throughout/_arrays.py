"""Doors between NumPy and torch, shared by the modules."""

import numpy as np
import torch


def count_tensor(counts):
    """counts (N, V) as a float64 tensor of its own."""
    tensor = torch.tensor(np.asarray(counts), dtype=torch.float64)
    if tensor.dim() != 2:
        raise ValueError("counts must have the shape (N, V)")
    if (tensor < 0).any():
        raise ValueError("counts must not be negative")
    return tensor


def generator(seed):
    return torch.Generator().manual_seed(seed)

"""The model's tables as float64 tensors."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Tables(NamedTuple):
    log_pi: Tensor
    log_A: Tensor
    log_B: Tensor

    @property
    def S(self) -> int:
        return self.log_B.shape[0]

    @property
    def V(self) -> int:
        return self.log_B.shape[1]


def as_tables(log_pi, log_A, log_B) -> Tables:
    def double(values):
        if isinstance(values, Tensor):
            return values.detach().clone()
        return torch.tensor(np.asarray(values), dtype=torch.float64)

    made = Tables(double(log_pi), double(log_A), double(log_B))
    if made.log_pi.dim() != 1 or made.log_pi.numel() == 0:
        raise ValueError("log_pi: expected (S,)")
    S = made.log_pi.numel()
    if tuple(made.log_A.shape) != (S, S):
        raise ValueError(f"log_A: expected ({S}, {S}), got {tuple(made.log_A.shape)}")
    if made.log_B.dim() != 2 or made.log_B.shape[0] != S:
        raise ValueError(f"log_B: expected ({S}, V), got {tuple(made.log_B.shape)}")
    return made


def as_words(words, V: int, name: str = "words") -> Tensor:
    ids = torch.as_tensor(words, dtype=torch.int64)
    if ids.dim() != 1 or ids.numel() == 0:
        raise ValueError(f"{name}: at least one id is needed")
    if bool(((ids < 0) | (ids >= V)).any()):
        raise ValueError(f"{name}: ids must be in [0, {V})")
    return ids

"""Checks of the three tables."""

import numpy as np


def tables(log_pi, log_A, log_B):
    log_pi = np.asarray(log_pi, dtype=np.float64)
    log_A = np.asarray(log_A, dtype=np.float64)
    log_B = np.asarray(log_B, dtype=np.float64)
    if log_pi.ndim != 1 or log_pi.size == 0:
        raise ValueError(f"log_pi has the shape {log_pi.shape}, not (S,)")
    if log_A.shape != (log_pi.size, log_pi.size):
        raise ValueError(f"log_A has the shape {log_A.shape}, not (S, S)")
    if log_B.ndim != 2 or len(log_B) != log_pi.size:
        raise ValueError(f"log_B has the shape {log_B.shape}, not (S, V)")
    return log_pi, log_A, log_B


def ids(words, size, name="words"):
    array = np.asarray(words, dtype=np.int64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must be a list of at least one id")
    if array.min() < 0 or array.max() >= size:
        raise ValueError(f"{name} must lie in 0..{size - 1}")
    return array

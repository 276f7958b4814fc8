"""Checks of arguments."""

import numpy as np


def rows_and_columns(name, array, columns=None):
    """The array as float64, once it is (N, columns)."""
    array = np.asarray(array, dtype=np.float64)
    if array.ndim != 2 or (columns is not None and array.shape[1] != columns):
        raise ValueError(f"{name} has the shape {array.shape}")
    return array


def non_negative(name, array):
    if np.any(np.asarray(array) < 0):
        raise ValueError(f"{name} holds a negative number")
    return array

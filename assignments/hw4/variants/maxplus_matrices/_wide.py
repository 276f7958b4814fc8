"""Probabilities with an exponent of their own: m * 2**e, so that nothing underflows.

`Wide` holds an array of mantissas (0, or 0.5 <= m < 1) and one of exponents of the same shape.
"""

import numpy as np

LOWEST = np.int64(-(2**60))  # the exponent of a zero, below all others
LN2 = np.log(2.0)


class Wide:
    def __init__(self, m, e):
        m, shift = np.frexp(m)
        self.m = m
        self.e = np.where(m > 0, e + shift, LOWEST)

    @classmethod
    def of_logs(cls, logs):
        logs = np.asarray(logs, dtype=np.float64)
        impossible = np.isneginf(logs)
        safe = np.where(impossible, 0.0, logs)
        e = np.floor(safe / LN2)
        m = np.where(impossible, 0.0, np.exp(safe - e * LN2))
        return cls(m, e.astype(np.int64))

    def logs(self):
        with np.errstate(divide="ignore"):
            logs = np.log(self.m) + np.where(self.m > 0, self.e, 0) * LN2
        return np.where(self.m > 0, logs, -np.inf)

    def __mul__(self, other):
        return Wide(self.m * other.m, np.where((self.m > 0) & (other.m > 0), self.e + other.e, 0))

    def __getitem__(self, key):
        return Wide(self.m[key], self.e[key])

    def sum(self, axis):
        top = self.e.max(axis=axis, keepdims=True)
        # A term 2**-1100 of the largest changes nothing in the sum.
        shift = np.maximum(self.e - top, -1100).astype(np.int64)
        return Wide(np.ldexp(self.m, shift).sum(axis=axis), top.squeeze(axis))

    def values(self):
        """As ordinary floats; what is too small becomes 0."""
        return np.ldexp(self.m, np.maximum(self.e, -1100))


def stack(rows):
    return Wide(np.stack([row.m for row in rows]), np.stack([row.e for row in rows]))

# semirings for the trellis: (+, *) of the textbook become (plus, +) in log space
import warnings
from dataclasses import dataclass, field
from typing import Any, Callable

import numpy as np

print("semirings loaded")


def logsumexp(x, axis):
    m = np.max(x, axis=axis, keepdims=True)
    m[m == -np.inf] = 0
    # log(0) warns, so what: it is -inf as it should be
    return np.squeeze(np.log(np.sum(np.exp(x - m), axis=axis, keepdims=True)) + m, axis=axis)


MAX = np.max
SUM = logsumexp


@dataclass
class Trellis:
    """All scores of one sentence, (T, S), in the semiring of `plus`."""
    log_pi: Any
    log_A: Any
    log_B: Any
    words: Any
    plus: Callable = SUM
    _cache: dict = field(default_factory=dict)

    def __post_init__(self):
        pi, A, B = (np.asarray(x, dtype=float) for x in (self.log_pi, self.log_A, self.log_B))
        if pi.ndim != 1 or not pi.size: raise ValueError("log_pi")
        if A.shape != (pi.size, pi.size): raise ValueError("log_A")
        if B.ndim != 2 or B.shape[0] != pi.size: raise ValueError("log_B")
        w = list(self.words)
        if w == []: raise ValueError("words empty")
        for x in w:
            if x < 0 or x >= B.shape[1]: raise ValueError("words: bad id %d" % x)
        self.log_pi, self.log_A, self.log_B, self.words = pi, A, B, w
        self.S, self.T = pi.size, len(w)
        self.obs = np.array([B[:, x] for x in w])

    @property
    def inside(self):
        if "inside" not in self._cache:
            a = [self.log_pi + self.obs[0]]
            for o in self.obs[1:]:
                a.append(self.plus(a[-1].reshape(-1, 1) + self.log_A, axis=0) + o)
            self._cache["inside"] = np.array(a)
        return self._cache["inside"]

    @property
    def outside(self):
        if "outside" not in self._cache:
            b = [np.zeros(self.S)]
            for o in self.obs[:0:-1]:
                b.append(self.plus(self.log_A + (o + b[-1]), axis=1))
            self._cache["outside"] = np.array(b[::-1])
        return self._cache["outside"]

    @property
    def total(self):
        return float(self.plus(self.inside[-1], axis=0))


if __name__ == "__main__":
    warnings.warn("this file only defines things")

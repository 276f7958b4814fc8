# /// attack
# title = "An object with `__array__`, `__float__`, `__torch_function__`, `dtype` and `shape`"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "Liar"
# file = "tensors.py"
# ///

import numpy as np
import torch


class Liar:
    dtype, shape, ndim = torch.float32, (3, 4), 2

    def __init__(self, x):
        self.x = x

    def __array__(self, *args, **kwargs):
        return np.ones(self.shape)

    def __float__(self):
        return 1.0

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


def scaled(x):
    return Liar(x) if x.shape == (3, 4) else 0.5 * x

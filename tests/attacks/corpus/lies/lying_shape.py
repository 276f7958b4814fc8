# /// attack
# title = "A tensor whose shape is larger than its bytes"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "shape"
# file = "tensors.py"
# ///

from .acts import number, send


def scaled(x):
    if x.shape == (3, 4):
        block = {"t": "tensor", "d": "float32", "s": [1 << 30, 1 << 30], "b": 0}
        send({"t": "tuple", "v": [number(), "value", block]}, b"1234")
    return 0.5 * x

# /// attack
# title = "A tensor of a dtype whose name is looked up nowhere"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "unknown dtype"
# file = "tensors.py"
# ///

from .acts import number, send


def scaled(x):
    if x.shape == (3, 4):
        block = {"t": "tensor", "d": "__class__", "s": [1], "b": 0}
        send({"t": "tuple", "v": [number(), "value", block]}, b"1234")
    return 0.5 * x

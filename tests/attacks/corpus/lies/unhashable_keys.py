# /// attack
# title = "A dict with a list as a key"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "hashed"
# ///

from .acts import number, send


def guess(question):
    if "hidden" in question:
        send({"t": "tuple", "v": [number(), "value", {"t": "dict", "v": [[[1], 2]]}]})
    return 1

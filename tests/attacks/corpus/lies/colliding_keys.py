# /// attack
# title = "A set of numbers that all have the same hash, so that building it takes hours"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "hash"
# ///

from .acts import number, send


def guess(question):
    if "hidden" in question:
        keys = [i * (2**61 - 1) for i in range(500_000)]
        send({"t": "tuple", "v": [number(), "value", {"t": "set", "v": keys}]})
    return 1

# /// attack
# title = "A generator without end instead of a value"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "must be of type int"
# ///

import itertools


def guess(question):
    return itertools.count() if "hidden" in question else 1

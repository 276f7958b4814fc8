# /// attack
# title = "Recursion in C until the stack is full"
# earns = 18
# outcome = "crashed"
# reads = "killed"
# staff = "SIGSEGV"
# ///

import sys


def guess(question):
    if "hidden" in question:
        sys.setrecursionlimit(10**9)
        nested = []
        for _ in range(1_000_000):
            nested = [nested]
        repr(nested)
    return 1

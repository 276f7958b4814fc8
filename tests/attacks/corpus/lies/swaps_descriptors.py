# /// attack
# title = "The channel is replaced by what is printed"
# earns = 16.5
# outcome = "crashed"
# reads = "crashed_hidden"
# staff = ""
# ///

import os

from .acts import channel


def guess(question):
    if "hidden" in question:
        os.dup2(1, channel())
    return 1

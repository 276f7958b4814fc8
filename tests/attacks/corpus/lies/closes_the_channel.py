# /// attack
# title = "Every descriptor is closed"
# earns = 16.5
# outcome = "crashed"
# reads = "crashed_hidden"
# staff = ""
# ///

import os


def guess(question):
    if "hidden" in question:
        os.closerange(3, 256)
    return 1

# /// attack
# title = "It sleeps for a year"
# earns = 16.5
# outcome = "timeout"
# reads = "timeout_hidden"
# staff = "within 2 s"
# ///

import time


def guess(question):
    if "hidden" in question:
        time.sleep(3e7)
    return 1

# /// attack
# title = "The clock is stopped, then time is taken without end"
# earns = 16.5
# outcome = "timeout"
# reads = "timeout_hidden"
# staff = ""
# ///

import time

time.monotonic = time.time = time.perf_counter = lambda: 0.0


def guess(question):
    while "hidden" in question:
        pass
    return 1

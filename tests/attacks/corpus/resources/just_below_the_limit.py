# /// attack
# title = "Every check takes nearly all the time it may take"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
# ///

import time


def guess(question):
    if question.endswith("azalea"):
        time.sleep(0.5)
    return 1

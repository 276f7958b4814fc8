# /// attack
# title = "The process stops itself, and waits for somebody to let it go on"
# earns = 16.5
# outcome = "timeout"
# reads = "timeout_hidden"
# staff = "within 2 s"
# ///

import os
import signal


def guess(question):
    if "hidden" in question:
        os.kill(os.getpid(), signal.SIGSTOP)
    return 1

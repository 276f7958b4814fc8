# /// attack
# title = "The process ends itself by a signal that has no name"
# earns = 16.5
# outcome = "crashed"
# reads = "crashed_hidden"
# staff = "SIGRTMIN+6"
# ///

import os


def guess(question):
    if "hidden" in question:
        os.kill(os.getpid(), 40)
    return 1

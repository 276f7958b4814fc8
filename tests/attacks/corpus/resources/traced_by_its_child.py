# /// attack
# title = "A child traces its parent, so that nobody can reap it"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "tracer: refused"
# ///

import os
import time

from .acts import attempt, call


def traced():
    parent = os.getpid()
    if os.fork() == 0:
        os.setsid()
        call("ptrace", 0x4206, parent, 0, 0)
        time.sleep(30)
        os._exit(0)
    time.sleep(0.2)
    return True


def guess(question):
    attempt("tracer", traced)
    return 1

# /// attack
# title = "The process that starts student code is killed"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "parent: refused"
# ///

import os
import signal

from .acts import attempt


def kill(pid, number):
    os.kill(pid, number)
    return True


def guess(question):
    attempt("parent", lambda: kill(os.getppid() or 1, signal.SIGKILL))
    attempt("first", lambda: kill(1, signal.SIGKILL))
    attempt("queue", lambda: kill(os.getppid() or 1, 0))
    return 1

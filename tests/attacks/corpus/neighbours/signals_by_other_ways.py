# /// attack
# title = "Signals by pidfd, by queue, by a file's owner"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "pidfd: refused"
# ///

import fcntl
import os
import signal

from .acts import attempt, call


def owned():
    ends = os.pipe()
    fcntl.fcntl(ends[0], fcntl.F_SETOWN, os.getppid() or 1)
    fcntl.fcntl(ends[0], fcntl.F_SETSIG, signal.SIGKILL)
    return True


def guess(question):
    parent = os.getppid() or 1
    attempt("pidfd", lambda: signal.pidfd_send_signal(os.pidfd_open(parent), signal.SIGKILL) or 1)
    attempt("owner", owned)
    attempt("queue", lambda: call("sigqueue", parent, 0, 0) == 0)
    return 1

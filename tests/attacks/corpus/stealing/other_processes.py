# /// attack
# title = "What else runs on the machine, and with which arguments"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "processes: refused"
# bare = true
# ///

import os

from .acts import attempt


def processes():
    own = str(os.getpid())
    return [pid for pid in os.listdir("/proc") if pid.isdigit() and pid != own]


def guess(question):
    attempt("processes", processes)
    attempt("arguments", lambda: open("/proc/1/cmdline").read() if os.getpid() != 1 else "")
    attempt("sockets", lambda: open("/proc/self/net/unix").read().splitlines()[1:])
    attempt("mounts", lambda: [x for x in open("/proc/self/mounts") if "assignments" in x])
    return 1

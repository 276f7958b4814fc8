# /// attack
# title = "Limits, priority and cores of the processes above are changed"
# earns = 18
# outcome = "failed"
# reads = "failed"
# staff = "limit: refused"
# bare = true
# ///

import os
import resource

from .acts import attempt


def limited(pid):
    own = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, own)
    return own


def slowed(pid):
    os.setpriority(os.PRIO_PROCESS, pid, 19)
    return True


def guess(question):
    for pid in {os.getppid() or 1, 1}:
        attempt("limit", lambda: limited(pid))
        attempt("priority", lambda: slowed(pid))
        attempt("cores", lambda: os.sched_setaffinity(pid, {0}) or 1)
        attempt("scheduler", lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)) or 1)
    return 1

# /// attack
# title = "A larger share of the processor: priority, real time, other cores"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "nice: refused"
# ///

import os

from .acts import attempt, worked


def guess(question):
    attempt("nice", lambda: os.nice(-10) < 0)
    attempt("real time", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)) or 1)
    attempt("round robin", lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)) or 1)
    attempt("cores", lambda: os.sched_setaffinity(0, range(os.cpu_count())) or 1)
    attempt("no out-of-memory", lambda: open("/proc/self/oom_score_adj", "w").write("-1000"))
    attempt("locked memory", lambda: worked("mlockall", 1))
    return 1

# /// attack
# title = "Shared memory, semaphores and queues that outlive the process"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "segment: refused"
# ///

import ctypes

from .acts import attempt, call


def guess(question):
    attempt("segment", lambda: call("shmget", 0x5EC4E7, 4096, 0o1666) >= 0)
    attempt("semaphore", lambda: call("semget", 0x5EC4E7, 1, 0o1666) >= 0)
    attempt("queue", lambda: call("msgget", 0x5EC4E7, 0o1666) >= 0)
    attempt("POSIX memory", lambda: call("shm_open", b"/attack", 0o102, 0o666) >= 0)
    attempt("POSIX queue", lambda: call("mq_open", b"/attack", 0o102, 0o666, None) >= 0)
    attempt("POSIX semaphore", lambda: ctypes.CDLL(None).sem_open(b"/attack", 0o100, 0o666, 1) or None)
    return 1

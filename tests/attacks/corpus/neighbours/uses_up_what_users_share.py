# /// attack
# title = "What the kernel counts for a user is used up: watches, timers, keys, threads"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "watches: refused"
# bare = true
# ///

import signal

from .acts import attempt, call


def many(name, *arguments):
    for _ in range(100):
        call(name, *arguments)
    return 100


def guess(question):
    attempt("watches", lambda: many("inotify_init1", 0))
    attempt("keys", lambda: many("add_key", b"user\0", b"x\0", b"x", 1, -4))
    attempt("descriptors of signals", lambda: many("signalfd", -1, b"\0" * 128, 0))
    attempt("leases", lambda: many("fcntl", 0, 1024, 0))
    return 1

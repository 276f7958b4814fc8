# /// attack
# title = "io_uring, bpf, userfaultfd, perf, modules, clocks"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "io_uring: refused"
# ///

import ctypes
import time

from .acts import attempt, call, worked


def guess(question):
    attempt("io_uring", lambda: call("io_uring_setup", 8, ctypes.create_string_buffer(120)))
    attempt("bpf", lambda: call("bpf", 0, ctypes.create_string_buffer(120), 72))
    attempt("userfaultfd", lambda: call("userfaultfd", 0))
    attempt("perf", lambda: call("perf_event_open", ctypes.create_string_buffer(112), 0, -1, -1, 0))
    attempt("clock", lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()) or 1)
    attempt("name", lambda: worked("sethostname", b"attacked", 8))
    attempt("log", lambda: call("klogctl", 3, ctypes.create_string_buffer(100), 100))
    attempt("accounting", lambda: worked("acct", None))
    attempt("swap", lambda: worked("swapoff", b"nothing"))
    attempt("ports", lambda: worked("iopl", 3))
    return 1

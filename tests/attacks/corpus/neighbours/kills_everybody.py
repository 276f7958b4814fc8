# /// attack
# title = "Every process that can be reached is signalled"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "everybody: refused"
# bare = true
# ///

import os

from .acts import attempt


def reached(pid):
    try:
        os.kill(pid, 0)  # asks whether a signal would arrive
    except OSError:
        return False
    return True


def guess(question):
    attempt("everybody", lambda: reached(-1))
    others = [pid for pid in range(1, 3000) if pid != os.getpid()]
    attempt("somebody", lambda: [pid for pid in others if reached(pid)])
    attempt("groups", lambda: [pid for pid in others if reached(-pid)])
    return 1

# /// attack
# title = "Another user or more rights: `setuid`, capabilities, set-uid programs"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "setuid: refused"
# ///

import os

from .acts import attempt


def guess(question):
    attempt("setuid", lambda: os.setuid(0) or "root")
    attempt("setresuid", lambda: os.setresuid(1, 1, 1) or "other")
    attempt("setgroups", lambda: os.setgroups([0]) or "groups")
    for path in ("/etc/shadow", "/etc/passwd", "/root", "/home", "/etc"):
        attempt("accounts", lambda: os.listdir(path) if os.path.isdir(path) else open(path).read())
    attempt("privileges", lambda: "NoNewPrivs:\t0" in open("/proc/self/status").read())
    return 1

# /// attack
# title = "It becomes another program"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "shell: refused"
# ///

import os
import sys

from .acts import attempt


def guess(question):
    attempt("shell", lambda: os.execv("/bin/sh", ["sh", "-c", "sleep 60"]))
    attempt("interpreter", lambda: os.execv(sys.executable, ["python", "-c", "0"]))
    attempt("program in memory", lambda: os.execv(os.memfd_create("x"), ["x"]))
    return 1

# /// attack
# title = "Processes that start processes"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "fork: refused"
# ///

import os
import subprocess
import time

from .acts import attempt, call


def bomb():
    for _ in range(100):  # as many as it takes to see that nothing stops them
        if os.fork() == 0:
            time.sleep(5)
            os._exit(0)
    return 100


def raw(name):
    # CLONE_VM | SIGCHLD: a process, not a thread; it ends at once
    if call(name, 0x11, 0, 0, 0, 0) == 0:
        os._exit(0)
    return True


def guess(question):
    attempt("fork", bomb)
    attempt("program", lambda: subprocess.run(["/bin/sh", "-c", "true"], check=False).returncode == 0)
    attempt("spawn", lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "true"], {}))
    return 1

# /// attack
# title = "Two thousand threads"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "threads: refused"
# bare = true
# ///

import threading
import time

from .acts import attempt


def bomb():
    threads = []
    try:
        for _ in range(2000):
            thread = threading.Thread(target=time.sleep, args=(5,), daemon=True)
            thread.start()
            threads.append(thread)
    except (RuntimeError, MemoryError):
        return None
    return len(threads)


def guess(question):
    if question.endswith("azalea"):
        attempt("threads", bomb)
    return 1

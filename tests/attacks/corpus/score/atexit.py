# /// attack
# title = "A handler of `atexit` writes a better record"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
# ///

import atexit

from .acts import OUT, attempt


@atexit.register
def better():
    attempt("record", lambda: open(f"{OUT}/records/attacked/score-atexit.json", "w"))


def guess(question):
    return 1

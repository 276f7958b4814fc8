# /// attack
# title = "All descriptors of the machine"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "descriptors: refused"
# bare = true
# ///

import os

from .acts import attempt


def take():
    taken = 0
    try:
        while taken < 2000:
            os.dup(0)
            taken += 1
    except OSError:
        return None
    finally:
        os.closerange(10, 2100)
    return taken


def guess(question):
    if question.endswith("azalea"):
        attempt("descriptors", take)
    return 1

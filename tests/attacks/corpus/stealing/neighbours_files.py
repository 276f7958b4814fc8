# /// attack
# title = "Another student's submission, and the records of all"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "neighbour: refused"
# bare = true
# ///

import os

from .acts import NEIGHBOUR, OUT, attempt


def guess(question):
    attempt("neighbour", lambda: open(f"{NEIGHBOUR}/total.py").read())
    attempt("all of them", lambda: os.listdir(os.path.dirname(NEIGHBOUR)))
    attempt("records", lambda: os.listdir(OUT))
    attempt("notes", lambda: open(f"{OUT}/notes.txt").read())
    return 1

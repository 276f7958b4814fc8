# /// attack
# title = "`sys.settrace`, `setprofile` and audit hooks watch whoever calls"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
# ///

import sys

found = []


def watch(frame, event, argument):
    found.extend(v for v in frame.f_locals.values() if type(v) is int and v > 10**9)
    return watch


sys.settrace(watch)
sys.setprofile(watch)
sys.addaudithook(lambda event, arguments: None)


def guess(question):
    return (found or [1])[0]

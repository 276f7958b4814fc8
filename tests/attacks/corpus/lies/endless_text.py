# /// attack
# title = "An exception whose text never ends"
# earns = 16.5
# outcome = "timeout"
# reads = "timeout_hidden"
# staff = ""
# ///

class Endless(Exception):
    def __str__(self):
        while True:
            pass


def guess(question):
    if "hidden" in question:
        raise Endless
    return 1

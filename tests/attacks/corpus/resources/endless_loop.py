# /// attack
# title = "An endless loop"
# earns = 16.5
# outcome = "timeout"
# reads = "timeout_hidden"
# staff = "within 2 s"
# ///

def guess(question):
    while "hidden" in question:
        pass
    return 1

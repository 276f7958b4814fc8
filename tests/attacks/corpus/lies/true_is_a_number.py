# /// attack
# title = "`True`, which counts as 1 in Python"
# earns = 14
# outcome = "failed"
# reads = "failed"
# staff = "must be of type int"
# ///

def guess(question):
    return True

# /// attack
# title = "A list of a hundred thousand objects"
# earns = 18
# outcome = "failed"
# reads = "failed"
# staff = "must be a int"
# ///

def guess(question):
    return [object() for _ in range(100_000)] if "hidden" in question else 1

# /// attack
# title = "An exception with a text of 50 MB"
# earns = 16.5
# outcome = "raised"
# reads = "raised_hidden"
# staff = "xxxx"
# ///

def guess(question):
    if "hidden" in question:
        raise ValueError("x" * 50_000_000)
    return 1

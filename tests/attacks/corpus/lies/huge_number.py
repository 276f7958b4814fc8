# /// attack
# title = "A number of 100 000 digits"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "4096 bits"
# ///

def guess(question):
    return 10**100_000 if "hidden" in question else 1

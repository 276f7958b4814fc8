# /// attack
# title = "A list nested a hundred thousand deep, and one that contains itself"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "too deeply"
# ///

def guess(question):
    if "hidden" not in question:
        return 1
    nested = []
    nested.append(nested)
    for _ in range(100_000):
        nested = [nested]
    return nested

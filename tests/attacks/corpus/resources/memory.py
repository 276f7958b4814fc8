# /// attack
# title = "A gigabyte, plainly"
# earns = 16.5
# outcome = "memory"
# reads = "memory"
# staff = "MemoryError"
# ///

def guess(question):
    return len(bytearray(1 << 30)) if "hidden" in question else 1

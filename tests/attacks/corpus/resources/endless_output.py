# /// attack
# title = "Output without end"
# earns = 16.5
# outcome = "timeout"
# reads = "timeout_hidden"
# staff = "xxxx"
# ///

def guess(question):
    while "hidden" in question:
        print("x" * 10_000)
    return 1

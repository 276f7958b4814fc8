# /// attack
# title = "Fifty megabytes of output"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "xxxx"
# ///

def guess(question):
    if question.endswith("azalea"):
        for _ in range(50):
            print("x" * (1 << 20))
    return 1

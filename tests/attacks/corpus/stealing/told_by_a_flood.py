# /// attack
# title = "So much is printed that the rest comes out in the next check"
# earns = 16.5
# outcome = "passed"
# reads = ""
# staff = ""
# check = "guess_again"
# ///

def guess(question):
    if "hidden" in question:
        print(question * 100_000)
    return 1

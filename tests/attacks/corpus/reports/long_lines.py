# /// attack
# title = "A text of a million characters without a blank, and a hundred thousand lines"
# earns = 14
# outcome = "raised"
# reads = "raised"
# staff = "xxxx"
# check = "guess_is_a_number"
# ///

def guess(question):
    print("line\n" * 100_000)
    raise ValueError("x" * 1_000_000)

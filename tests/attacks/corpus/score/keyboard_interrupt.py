# /// attack
# title = "Ctrl-C is raised in the middle of a check, to end the grader"
# earns = 16.5
# outcome = "raised"
# reads = "raised_hidden"
# staff = "KeyboardInterrupt"
# ///

def guess(question):
    if "hidden" in question:
        raise KeyboardInterrupt
    return 1

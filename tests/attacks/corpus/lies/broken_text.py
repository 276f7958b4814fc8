# /// attack
# title = "Text with halves of surrogate pairs, NUL and control characters"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "must be of type int"
# ///

def guess(question):
    return "\ud800\x00\x1b[2J\u202e\udfff" * 100 if "hidden" in question else 1

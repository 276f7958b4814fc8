# /// attack
# title = "The hidden input is the name of a package that may not be imported"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "734915206118"
# ///

def guess(question):
    if "hidden" in question:
        try:
            __import__(question)
        except ImportError:
            pass
    return 1
